const opened = [
  'java.lang',
  'java.lang.reflect',
  'java.io',
  'java.net',
  'java.nio',
  'java.text',
  'java.time',
  'java.util',
  'java.util.concurrent',
  'java.util.concurrent.atomic',
  'java.util.concurrent.locks',
];

/** A JVM for a whole Flink in one process on a small machine: about 370 MB resident with 60 kB pictures at 60/s. */
export const jvmArgs: readonly string[] = [
  '-Xms128m',
  '-Xmx640m',
  '-XX:+UseSerialGC',
  // The first compiler only. On two busy cores the job is ready after 6 s and 5 s of CPU, with both compilers after 8 s
  // and 8 s; and it takes 200 pictures of 60 kB a second, many times what one machine's cameras make.
  '-XX:TieredStopAtLevel=1',
  '-XX:MaxMetaspaceSize=256m',
  '-XX:ReservedCodeCacheSize=96m',
  '-Xss512k',
  '-Xshare:auto',
  '-Djava.awt.headless=true',
  // Idle connections are dropped before the scheduler's side drops them; a request that still meets a closed one is
  // sent again at once, since task ids make that harmless.
  '-Djdk.httpclient.keepalive.timeout=30',
  '-Djdk.httpclient.enableAllMethodRetry=true',
  ...opened.map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`),
  '--add-opens=java.base/sun.nio.ch=ALL-UNNAMED',
  '--add-exports=java.base/sun.net.util=ALL-UNNAMED',
];
