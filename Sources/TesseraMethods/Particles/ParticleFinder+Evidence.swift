import TesseraImaging
import TesseraNumerics
import TesseraSegmentation
import TesseraStructure

extension ParticleFinder {
  /// A region with more evidence than this is a particle by itself. The network outlines the most striking bumps of an image: in
  /// smooth noise, five of 594 regions had more than 4.5 standard deviations of random placements.
  static let clearEvidence = 4.5
  /// Regions whose median evidence is above this are particles together, the faint ones among them: ten smooth images of each kind keep
  /// five regions in all, and the particles of eight simulated micrographs have 5.4 to 9.5 each.
  private static let clearMedian = 4.0
  /// A median of fewer regions says too little.
  private static let fewestTogether = 4
  /// Columns of atoms are evidence too, where an image of this scale can show them; one family of planes may be chance.
  private static let latticeDirections = 2

  /// Without regions across whose outlines the image changes no more than across the same outlines laid elsewhere.
  ///
  /// - Parameters:
  ///   - found: with labels of all pixels of the image.
  ///   - coarse: the same labels of joined pixels.
  func supported(_ found: Found, coarse: Raster<Int>, image: Raster<Float>, pixel: Double?) -> Found {
    let regions = LabelRegions.regions(of: coarse)
    let test = PlacementTest(Binning.means(of: image, factor: found.binning), labels: coarse)
    let evidence = concurrentMap(count: regions.count) { test.evidence(of: regions[$0], number: $0 + 1)?.strength }
    var found = found
    found.evidence = evidence
    let joined = Double(found.binning)
    found.latticeSpacing = latticeSpacing(of: regions, in: coarse).map { $0 * joined }
    // The simpler rules are shown as they are.
    guard route == .network else { return found }
    let known = evidence.compactMap { $0 }
    if known.count >= Self.fewestTogether && Statistics.median(known) > Self.clearMedian { return found }
    let weak = Set(evidence.indices.filter { evidence[$0].map { $0 <= Self.clearEvidence } ?? false }.map { $0 + 1 })
    var pixels: [Int: [Int]] = [:]
    for (index, label) in found.labels.values.enumerated() where weak.contains(label) {
      pixels[label, default: []].append(index)
    }
    let unsupported = weak.filter { label in
      guard let region = pixels[label], let pixel, pixel <= ParticleMethod.coarsestPixel else { return true }
      return ParticleFeatures.latticeDirections(of: region, in: image, pixel: pixel) < Self.latticeDirections
    }
    guard !unsupported.isEmpty else { return found }
    var numbers: [Int: Int] = [:]
    for label in 1...regions.count where !unsupported.contains(label) { numbers[label] = numbers.count + 1 }
    found = found.keeping(numbers)
    found.unsupported = unsupported.count
    return found
  }

  /// Length of the shorter lattice vector in joined pixels if the regions lie on a lattice.
  private func latticeSpacing(of regions: [[Int]], in coarse: Raster<Int>) -> Double? {
    let places = regions.map { region in
      let sum = region.reduce(Point(0, 0)) { $0 + Point(Double($1 % coarse.width), Double($1 / coarse.width)) }
      return sum / Double(region.count)
    }
    guard
      let lattice = LatticeFinder().lattice(
        of: places, heights: regions.map { Double($0.count) }, width: coarse.width, height: coarse.height),
      lattice.indexedShare > Self.latticeShare
    else { return nil }
    return min(lattice.grid.u.length, lattice.grid.v.length)
  }

  /// So large a part of the regions lies on a lattice where there is one.
  private static let latticeShare = 0.7
}

extension ParticleFinder.Found {
  /// Of a label from 1 on; nil where nothing is known.
  func evidence(ofLabel label: Int) -> Double? { evidence.indices.contains(label - 1) ? evidence[label - 1] : nil }

  /// With new numbers for some labels, in the same order; the others become 0.
  func keeping(_ numbers: [Int: Int]) -> Self {
    var kept = self
    kept.labels = labels.map { numbers[$0] ?? 0 }
    if !evidence.isEmpty { kept.evidence = numbers.keys.sorted().map { evidence[$0 - 1] } }
    return kept
  }
}
