// SPDX-License-Identifier: Apache-2.0
package dev.ringfold.internal.io;

import dev.ringfold.MissingJvmFlagsException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The flags Chronicle needs from the JVM, checked before the first Chronicle class is loaded:
 * without them it dies with an {@link AssertionError} or silently becomes read-only. Thread-safe.
 */
public final class JvmFlags {
  private static final Logger LOG = LoggerFactory.getLogger(JvmFlags.class);

  // Held strongly: the log manager keeps loggers, and so their levels, by weak references only.
  private static final java.util.logging.Logger CLEANER_LOGGER =
      java.util.logging.Logger.getLogger(
          "net.openhft.chronicle.core.internal.cleaner.ReflectionBasedByteBufferCleanerService");

  private static final String EXPORT_PACKAGE = "sun.nio.ch";
  private static final String OPEN_PACKAGE = "java.lang.reflect";
  private static final int NATIVE_ACCESS_FEATURE = 22;

  private static final String EXPORT_FLAG = "--add-exports java.base/sun.nio.ch=ALL-UNNAMED";
  private static final String OPEN_FLAG = "--add-opens java.base/java.lang.reflect=ALL-UNNAMED";
  private static final String NATIVE_FLAG = "--enable-native-access=ALL-UNNAMED";

  private JvmFlags() {}

  /**
   * Throws {@link MissingJvmFlagsException} unless this JVM lets Chronicle work. Where native
   * access will be restricted but is not yet, a warning is logged instead.
   */
  public static void require() {
    Module javaBase = Object.class.getModule();
    Module self = JvmFlags.class.getModule();
    check(
        javaBase.isExported(EXPORT_PACKAGE, self),
        javaBase.isOpen(OPEN_PACKAGE, self),
        Runtime.version().feature());
    if (!nativeAccessEnabled(self)) {
      LOG.warn(
          "the JVM warns about native access, a later one will refuse it: add {}", NATIVE_FLAG);
    }
  }

  /**
   * Keeps Chronicle from posting usage, announcing itself and printing start-up noise. Call it
   * before the first Chronicle class is loaded; what the user has set is left alone. It sets the
   * system properties that Chronicle reads ({@code chronicle.analytics.disable}, {@code
   * chronicle.announcer.disable}, {@code chronicle.disk.monitor.disable}; the log watches the disk
   * itself), slf4j-simple's level for {@code net.openhft} (ignored by other backends), and turns
   * off the one java.util.logging logger that advises a flag which no supported JVM has.
   */
  public static void quietChronicle() {
    setDefault("chronicle.analytics.disable", "true");
    setDefault("chronicle.announcer.disable", "true");
    setDefault("chronicle.disk.monitor.disable", "true");
    setDefault("org.slf4j.simpleLogger.log.net.openhft", "error");
    if (CLEANER_LOGGER.getLevel() == null) {
      CLEANER_LOGGER.setLevel(Level.OFF);
    }
  }

  private static void setDefault(String property, String value) {
    System.getProperties().putIfAbsent(property, value);
  }

  /** The flags for the running JVM, ready to paste after {@code java}. */
  public static String line() {
    return line(Runtime.version().feature());
  }

  static String line(int feature) {
    String flags = EXPORT_FLAG + " " + OPEN_FLAG;
    return feature >= NATIVE_ACCESS_FEATURE ? flags + " " + NATIVE_FLAG : flags;
  }

  static void check(boolean exported, boolean opened, int feature) {
    List<String> missing = new ArrayList<>();
    if (!exported) {
      missing.add(EXPORT_FLAG);
    }
    if (!opened) {
      missing.add(OPEN_FLAG);
    }
    if (!missing.isEmpty()) {
      throw new MissingJvmFlagsException(
          "the JVM was started without "
              + String.join(" ", missing)
              + ". Start it with: java "
              + line(feature)
              + " ... (or, for java -jar, put into the jar's manifest: Add-Exports:"
              + " java.base/sun.nio.ch, Add-Opens: java.base/java.lang.reflect,"
              + " Enable-Native-Access: ALL-UNNAMED)");
    }
  }

  /** Module.isNativeAccessEnabled, which exists from Java 22; true before. */
  private static boolean nativeAccessEnabled(Module module) {
    if (Runtime.version().feature() < NATIVE_ACCESS_FEATURE) {
      return true;
    }
    try {
      MethodHandle query =
          MethodHandles.publicLookup()
              .findVirtual(
                  Module.class, "isNativeAccessEnabled", MethodType.methodType(boolean.class));
      return (boolean) query.invokeExact(module);
    } catch (Throwable absent) {
      return true;
    }
  }
}
