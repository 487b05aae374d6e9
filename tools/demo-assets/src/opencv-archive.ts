/** The source archive on the Python package index that carries OpenCV's whole tree, its sample clip included. */
export const OPENCV_ARCHIVE = {
  project: 'opencv-python-headless',
  version: '4.10.0.84',
  file: 'opencv-python-headless-4.10.0.84.tar.gz',
  sha256: 'f2017c6101d7c2ef8d7bc3b414c37ff7f54d64413a1847d89970b6b7069b4e1a',
  clipFolder: 'opencv/samples/data',
} as const;
