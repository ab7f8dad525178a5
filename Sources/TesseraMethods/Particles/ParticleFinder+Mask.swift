import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TesseraSegmentation

/// Particles of a mask that a user brings.
extension ParticleFinder {
  /// The regions of a mask, as it is; values above 1 are labels of particles that may touch.
  func found(inMask path: String, of image: Raster<Float>, pixel: Double?) throws -> Found {
    let (width, height) = (image.width, image.height)
    let mask = try ImageFile.open(path: path, options: .labels).read().pixels
    guard mask.width == width, mask.height == height else {
      throw DataError(
        "\(path): the mask has \(mask.width) x \(mask.height) pixels, but the image has \(width) x \(height); a mask needs one pixel "
          + "for each of the image")
    }
    let values = Set(mask.values.lazy.filter { $0.isFinite && $0 != 0 })
    let isLabelled = values.count > 1
    guard !isLabelled || values.allSatisfy({ $0 > 0 && $0 <= 65535 && $0 == $0.rounded() }) else {
      throw DataError(
        "\(path): a mask has one value where a particle is and 0 elsewhere, or whole numbers from 1 to 65535, one for each particle; this "
          + "one has \(values.count) values from \(values.min()!) to \(values.max()!)")
    }
    guard !isLabelled || Self.hasRegions(mask) else {
      throw DataError(
        "\(path): the \(values.count) values of this mask are scattered over its pixels like those of a micrograph; the pixels of a "
          + "particle need one number, and the ground 0")
    }
    let marked = mask.map { $0.isFinite && $0 != 0 ? (isLabelled ? Int($0) : 1) : 0 }
    let regions = marked.connectedRegions()
    var labels = Raster<Int>(width: width, height: height, filling: 0)
    var given: [MaskLabel] = []
    if isLabelled {
      var pieces: [Int: Int] = [:]
      for region in regions { pieces[marked.values[region[0]], default: 0] += 1 }
      given = pieces.keys.sorted().map { MaskLabel(value: $0, pieces: pieces[$0]!) }
      let order = Dictionary(uniqueKeysWithValues: given.enumerated().map { ($1.value, $0 + 1) })
      labels = marked.map { order[$0] ?? 0 }
    } else {
      for (number, region) in regions.enumerated() {
        for index in region { labels.values[index] = number + 1 }
        given.append(MaskLabel(value: 1, pieces: 1))
      }
    }
    var found = Found(
      map: nil, threshold: 0.5, labels: labels, source: (path as NSString).lastPathComponent,
      sourceReason: isLabelled
        ? "labels of particles, given; all pixels of a label are one particle"
        : "given; each connected region is one particle")
    found.given = given
    // Only a class needs it.
    if let pixel, pixel <= ParticleMethod.coarsestPixel {
      found.evidence = Self.evidence(of: labels, count: given.count, in: image, pixel: pixel)
    }
    return found
  }

  /// For each label from 1 on: how much more the image changes across its outline than elsewhere, as for outlines of the network; nil where
  /// there is no room elsewhere, and of labels that are smaller than a joined pixel.
  private static func evidence(of labels: Raster<Int>, count: Int, in image: Raster<Float>, pixel: Double) -> [Double?]
  {
    let factor = min(
      max(1, min(image.width, image.height) / 16), max(1, Int(saturating: (coarsePixel / pixel).rounded())))
    let joined = Binning.means(of: image, factor: factor)
    let coarse = LatticeView.joined(labels, factor: factor, width: joined.width, height: joined.height)
    let regions = LabelRegions.regions(of: coarse)
    let test = PlacementTest(joined, labels: coarse)
    let tested = concurrentMap(count: regions.count) { number in
      let label = coarse.values[regions[number][0]]
      return (label: label, strength: test.evidence(of: regions[number], number: label)?.strength)
    }
    var evidence = [Double?](repeating: nil, count: count)
    for one in tested { evidence[one.label - 1] = one.strength }
    return evidence
  }

  /// Whether equal values lie side by side, as in a map of labels: in a micrograph most pixels differ from the one on the left and from
  /// the one above.
  private static func hasRegions(_ mask: Raster<Float>) -> Bool {
    var (alone, all) = (0, 0)
    for y in 1..<max(2, mask.height) where mask.height > 1 {
      for x in 1..<max(2, mask.width) where mask.width > 1 && mask[x, y] != 0 {
        all += 1
        if mask[x, y] != mask[x - 1, y] && mask[x, y] != mask[x, y - 1] { alone += 1 }
      }
    }
    return Double(alone) <= scatteredShare * Double(all)
  }
  /// The corners of small particles are less than this share of their pixels.
  private static let scatteredShare = 0.3
}
