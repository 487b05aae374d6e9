"""Boxes that another pipeline finds in the demo clip: OpenCV decodes, resizes and suppresses, Python runs the model.

Shares no code with the package. Run it in an environment with onnxruntime, opencv-python-headless and numpy:

    python make_reference.py yolov8n.onnx vtest.avi > vtest-boxes.json

Boxes are [x, y, width, height, score] in pixels of the frame, scores from 0.25.
"""

import datetime
import hashlib
import json
import platform
import sys

import cv2
import numpy
import onnxruntime

INPUT = 640
SCORE, OVERLAP = 0.25, 0.5
FRAMES = range(0, 721, 80)


def letterbox(frame):
    height, width = frame.shape[:2]
    scale = min(INPUT / width, INPUT / height)
    size = (round(width * scale), round(height * scale))
    left, top = (INPUT - size[0]) // 2, (INPUT - size[1]) // 2
    canvas = cv2.copyMakeBorder(
        cv2.resize(frame, size, interpolation=cv2.INTER_LINEAR),
        top, INPUT - size[1] - top, left, INPUT - size[0] - left,
        cv2.BORDER_CONSTANT, value=(114, 114, 114),
    )
    return canvas, scale, left, top


def people(session, frame):
    canvas, scale, left, top = letterbox(frame)
    blob = cv2.dnn.blobFromImage(canvas, 1 / 255, swapRB=True)
    rows = session.run(None, {"images": blob})[0][0].T
    rows = rows[rows[:, 4:].argmax(axis=1) == 0]
    rows = rows[rows[:, 4] >= SCORE]
    boxes = numpy.column_stack([rows[:, :2] - rows[:, 2:4] / 2, rows[:, 2:4]])
    kept = cv2.dnn.NMSBoxes(boxes.tolist(), rows[:, 4].tolist(), SCORE, OVERLAP)
    found = []
    for index in numpy.array(kept, dtype=int).flatten():
        x, y, width, height = boxes[index]
        right, bottom = (x + width - left) / scale, (y + height - top) / scale
        x, y = max(0, (x - left) / scale), max(0, (y - top) / scale)
        right, bottom = min(frame.shape[1], right), min(frame.shape[0], bottom)
        found.append([round(float(v), 2) for v in (x, y, right - x, bottom - y)] + [round(float(rows[index, 4]), 4)])
    return sorted(found, key=lambda box: -box[4])


def main(model, clip):
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    video = cv2.VideoCapture(clip)
    frames, index = {}, 0
    while True:
        ok, frame = video.read()
        if not ok:
            break
        if index in FRAMES:
            frames[index] = people(session, frame)
        index += 1
    sha256 = {name: hashlib.sha256(open(name, "rb").read()).hexdigest() for name in (model, clip)}
    made_with = {
        "date": datetime.date.today().isoformat(),
        "python": platform.python_version(),
        "onnxruntime": onnxruntime.__version__,
        "opencv": cv2.__version__,
        "numpy": numpy.__version__,
        "modelSha256": sha256[model],
        "clipSha256": sha256[clip],
        "score": SCORE,
        "overlap": OVERLAP,
    }
    lines = ",\n".join(f'    "{frame}": {json.dumps(boxes)}' for frame, boxes in frames.items())
    print(f'{{\n  "madeWith": {json.dumps(made_with)},\n  "frames": {{\n{lines}\n  }}\n}}')


main(*sys.argv[1:])
