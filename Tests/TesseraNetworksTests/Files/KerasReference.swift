import Foundation
import TesseraFormats
import TesseraNetworks
import TestSupport
import Testing

/// What Keras computes with the published weights of the nanoparticle network, where somebody has put that beside the
/// repository. None of it may be passed on, so none of it is here.
enum KerasReference {
  private static let folder = Repository.root.deletingLastPathComponent().appending(path: "shared/reference/httem")

  static let isThere = FileManager.default.fileExists(atPath: folder.path)

  static let missing: Comment = "the folder ../shared/reference/httem is not there"

  /// Weights by what they were trained on; the first is behind every file that names none.
  static let weights = [
    "AuCdSeDots_09": "unet32_AuCdSeDots_09_final.h5", "AuDots_07b": "unet481632_AuDots_07b_final.h5",
    "CdSeDots_08b": "unet481632_CdSeDots_08b_final.h5",
  ]
  static let mainWeights = path("unet32_AuCdSeDots_09_final.h5")

  static func path(_ name: String) -> String { folder.appending(path: name).path }

  /// An array of [y, x, channel], or of [y, x].
  static func maps(_ name: String) throws -> FeatureMaps {
    let file = try ImageFile.open(path: path(name))
    return try maps(of: file, dataset: 0)
  }

  /// All arrays of an archive by their names.
  static func archive(_ name: String) throws -> [String: FeatureMaps] {
    let file = try ImageFile.open(path: path(name))
    return try Dictionary(
      uniqueKeysWithValues: file.datasets.map { ($0.name, try maps(of: file, dataset: $0.index)) })
  }

  private static func maps(of file: ImageFile, dataset index: Int) throws -> FeatureMaps {
    let dataset = file.datasets[index]
    var shape = dataset.shape + (dataset.channels > 1 ? [dataset.channels] : [])
    // One channel at the end is read as one frame.
    if shape.count == 3, shape[0] == 1 { shape = [shape[1], shape[2], 1] }
    var stored: [Float] = []
    for frame in 0..<dataset.frameCount {
      try file.forEachPiece(dataset: index, frame: frame) { piece in
        piece.withUnsafeBytes { bytes in
          for offset in stride(from: 0, to: bytes.count, by: 4) {
            stored.append(bytes.loadUnaligned(fromByteOffset: offset, as: Float.self))
          }
        }
      }
    }
    let (height, width, channels) = (shape[0], shape[1], shape.count > 2 ? shape[2] : 1)
    var planar: [Float] = []
    planar.reserveCapacity(stored.count)
    for channel in 0..<channels {
      for pixel in 0..<width * height { planar.append(stored[pixel * channels + channel]) }
    }
    return FeatureMaps(channels: channels, height: height, width: width, values: planar)
  }
}
