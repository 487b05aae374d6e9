import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * Runs another program's main method and ends the JVM when standard input ends. The launcher holds the other end
 * of that pipe and never writes: the system closes it when the launcher dies, however it dies.
 */
public final class LauncherGuard {
  private static final int EXIT_CODE = 143;
  private static final long ORDERLY_EXIT_MS = 5_000;

  private LauncherGuard() {}

  public static void main(String[] args) throws Throwable {
    daemon("launcher-guard", LauncherGuard::awaitEnd).start();
    try {
      Class.forName(args[0])
          .getMethod("main", String[].class)
          .invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
    } catch (InvocationTargetException failure) {
      throw failure.getCause();
    }
  }

  private static void awaitEnd() {
    try {
      while (System.in.read() >= 0) {
        // The launcher writes nothing; whatever comes is of no interest.
      }
    } catch (IOException closed) {
      // As good as the end.
    }
    // Shutdown hooks get their chance, but not for ever.
    daemon("launcher-guard-deadline", LauncherGuard::haltLater).start();
    System.exit(EXIT_CODE);
  }

  private static void haltLater() {
    try {
      Thread.sleep(ORDERLY_EXIT_MS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(EXIT_CODE);
  }

  private static Thread daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }
}
