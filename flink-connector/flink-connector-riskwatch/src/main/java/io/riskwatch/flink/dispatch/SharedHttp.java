package io.riskwatch.flink.dispatch;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The HTTP client and the timer of this JVM (strictly: of this class loader), however many subtasks use them: every
 * client has a selector thread and a connection pool of its own. Opened with the first user, gone with the last.
 */
final class SharedHttp {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final int THREADS = 2;
    private static final Object LOCK = new Object();

    private static SharedHttp current;
    private static int users;

    private final ScheduledThreadPoolExecutor timer;
    private final HttpClient client;

    private SharedHttp() {
        AtomicInteger number = new AtomicInteger();
        timer =
                new ScheduledThreadPoolExecutor(
                        THREADS,
                        task -> {
                            Thread thread = new Thread(task, "riskwatch-http-" + number.incrementAndGet());
                            thread.setDaemon(true);
                            return thread;
                        });
        timer.setRemoveOnCancelPolicy(true);
        // HTTP/2 would be offered with an Upgrade header on every request, which plain-text servers do not take.
        client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT_TIMEOUT)
                        .executor(timer)
                        .build();
    }

    static SharedHttp acquire() {
        synchronized (LOCK) {
            if (users++ == 0) {
                current = new SharedHttp();
            }
            return current;
        }
    }

    /** To be called once for each {@link #acquire}. */
    static void release() {
        synchronized (LOCK) {
            if (--users == 0) {
                current.timer.shutdownNow();
                current = null;
            }
        }
    }

    HttpClient client() {
        return client;
    }

    ScheduledThreadPoolExecutor timer() {
        return timer;
    }
}
