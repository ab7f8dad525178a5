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
  static let latticeDirections = 2

  /// Without regions across whose outlines the image changes no more than across the same outlines laid elsewhere, and without those that
  /// lie in the middle of one crystal.
  ///
  /// - Parameters:
  ///   - found: with labels of all pixels of the image.
  ///   - coarse: the same labels of joined pixels.
  ///   - pixel: side of a pixel in nm, known or by the lattice of the image; nil: neither.
  func supported(_ found: Found, coarse: Raster<Int>, image: Raster<Float>, pixel: Double?) -> Found {
    let regions = LabelRegions.regions(of: coarse)
    let joinedImage = Binning.means(of: image, factor: found.binning)
    let test = PlacementTest(joinedImage, labels: coarse)
    let tested = concurrentMap(count: regions.count) { test.evidence(of: regions[$0], number: $0 + 1) }
    let evidence = tested.map { $0?.strength }
    var found = found
    found.evidence = evidence
    let joined = Double(found.binning)
    found.latticeSpacing = latticeSpacing(of: regions, in: coarse).map { $0 * joined }
    // The simpler rules are shown as they are.
    guard route == .network else { return found }
    let interior = SmoothInterior(joinedImage, labels: coarse)
    found.smooth = concurrentMap(count: regions.count) { interior.isSmooth(regions[$0], number: $0 + 1) }
    let known = evidence.compactMap { $0 }
    let areClear = known.count >= Self.fewestTogether && Statistics.median(known) > Self.clearMedian
    // Brightness alone does not say that a region is a particle: contamination and thickness change it across a crystal, too.
    let unclear = tested.indices.filter { tested[$0].map { abs($0.texture) <= Self.clearEvidence } ?? true }
    var lattices: [Lattices] = unclear.map { _ in Lattices() }
    if let pixel, pixel <= ParticleMethod.coarsestPixel, !unclear.isEmpty {
      let view = LatticeView(image, labels: found.labels, pixel: pixel)
      let continuity = LatticeContinuity(view)
      lattices = concurrentMap(count: unclear.count) { index in
        let label = unclear[index] + 1
        let region = view.region(of: label)
        guard !region.isEmpty else { return Lattices() }
        return Lattices(
          directions: ParticleFeatures.latticeDirections(of: region, in: view.image, pixel: view.pixel),
          goesOn: continuity?.goesOn(inRegion: label) ?? false)
      }
    }
    var dropped: Set<Int> = []
    for (index, lattice) in zip(unclear, lattices) {
      if lattice.goesOn {
        found.inCrystal += 1
      } else if let strength = evidence[index], strength <= Self.clearEvidence, !areClear,
        lattice.directions < Self.latticeDirections
      {
        found.unsupported += 1
      } else {
        continue
      }
      dropped.insert(index + 1)
    }
    guard !dropped.isEmpty else { return found }
    var numbers: [Int: Int] = [:]
    for label in 1...regions.count where !dropped.contains(label) { numbers[label] = numbers.count + 1 }
    return found.keeping(numbers)
  }

  /// What lattices say of a region.
  private struct Lattices: Sendable {
    /// Directions of planes in it.
    var directions = 0
    /// Whether the same planes surround it.
    var goesOn = false
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
  /// Of a label from 1 on, in pixels; nil where the outline is the network's.
  func outlineError(ofLabel label: Int) -> Double? {
    outlineErrors.indices.contains(label - 1) ? outlineErrors[label - 1] : nil
  }

  /// Of a label from 1 on; nil where nothing is known.
  func evidence(ofLabel label: Int) -> Double? { evidence.indices.contains(label - 1) ? evidence[label - 1] : nil }

  /// Of a label from 1 on; nil unless a mask was given.
  func given(label: Int) -> MaskLabel? { given.indices.contains(label - 1) ? given[label - 1] : nil }

  /// Of a label from 1 on; false where nothing is known.
  func isSmooth(label: Int) -> Bool { smooth.indices.contains(label - 1) && smooth[label - 1] }

  /// With new numbers for some labels, in the same order; the others become 0.
  func keeping(_ numbers: [Int: Int]) -> Self {
    var kept = self
    kept.labels = labels.map { numbers[$0] ?? 0 }
    kept.outlined = outlined?.map { numbers[$0] ?? 0 }
    if !smooth.isEmpty { kept.smooth = numbers.keys.sorted().map { smooth[$0 - 1] } }
    if !evidence.isEmpty { kept.evidence = numbers.keys.sorted().map { evidence[$0 - 1] } }
    if !outlineErrors.isEmpty { kept.outlineErrors = numbers.keys.sorted().map { outlineErrors[$0 - 1] } }
    return kept
  }
}
