import Foundation
import TesseraFormats

/// The fonts of the figures where the program comes as an archive: machines without a screen often have none.
enum PackagedFonts {
  /// Lets fontconfig read `share/tessera/fonts.conf` beside the folder of the program, unless the user has named a file, or nothing
  /// lies there.
  static func use() {
    let variables = ProcessInfo.processInfo.environment
    guard variables["FONTCONFIG_FILE"] == nil,
      let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    else { return }
    let file = URL(fileURLWithPath: own).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "share/tessera/fonts.conf").path
    guard FileManager.default.fileExists(atPath: file) else { return }
    setenv("FONTCONFIG_FILE", file, 1)
    if !hasCache(variables) { useOwnCache() }
  }

  /// Whether fontconfig can keep what it has read of the fonts; a job of a cluster may have no home, or one that is only read.
  private static func hasCache(_ variables: [String: String]) -> Bool {
    guard var place = variables["XDG_CACHE_HOME"] ?? variables["HOME"].map({ $0 + "/.cache" }), place.hasPrefix("/")
    else { return false }
    while !FileManager.default.fileExists(atPath: place) { place = (place as NSString).deletingLastPathComponent }
    return access(place, W_OK) == 0
  }

  /// Without a place to keep that, fontconfig says on standard error that there is an error, which is none of the user's.
  private static func useOwnCache() {
    guard let folder = try? OwnedFolder("fonts") else { return }
    AtExit.run { folder.remove() }
    setenv("XDG_CACHE_HOME", folder.url.path, 1)
  }
}
