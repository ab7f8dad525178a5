import Foundation

/// The browser of the person at this machine.
enum Browser {
  /// Opens a page; where that is not possible the address, which has been printed, is all there is.
  static func open(_ address: String) {
    #if os(macOS)
      let names = ["open"]
    #else
      let names = ["xdg-open", "sensible-browser"]
    #endif
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    for name in names {
      guard let folder = folders.first(where: { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }) else {
        continue
      }
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "\(folder)/\(name)")
      process.arguments = [address]
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      if (try? process.run()) != nil { return }
    }
    Messages.note("no browser was found; open the address above in one")
  }
}
