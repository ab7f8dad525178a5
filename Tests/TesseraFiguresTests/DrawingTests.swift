import Foundation
import TesseraFigures
import TesseraNumerics
import Testing

struct `Drawings of the gallery` {
  static let gallery = Gallery().drawings()

  /// Set TESSERA_GALLERY to a folder to look at every figure.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["TESSERA_GALLERY"] != nil))
  func `can be looked at`() throws {
    let folder = URL(filePath: ProcessInfo.processInfo.environment["TESSERA_GALLERY"]!, directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, drawing) in Self.gallery {
      let clock = ContinuousClock()
      var (png, svg) = (Data(), Data())
      let times = (clock.measure { png = drawing.png() }, clock.measure { svg = drawing.svg() })
      try png.write(to: folder.appending(path: name + ".png"))
      try svg.write(to: folder.appending(path: name + ".svg"))
      print(name, "png", png.count / 1000, "kB", times.0, "svg", svg.count / 1000, "kB", times.1)
    }
  }
}
