import Foundation

/// The fonts of the figures where the program comes as an archive: machines without a screen often have none.
enum PackagedFonts {
  /// Lets fontconfig read `share/tessera/fonts.conf` beside the folder of the program, unless the user has named a file, or nothing
  /// lies there.
  static func use() {
    guard ProcessInfo.processInfo.environment["FONTCONFIG_FILE"] == nil,
      let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    else { return }
    let file = URL(fileURLWithPath: own).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "share/tessera/fonts.conf").path
    if FileManager.default.fileExists(atPath: file) { setenv("FONTCONFIG_FILE", file, 1) }
  }
}
