import Foundation
import TesseraFormats
import TesseraHDF5
import TesseraImaging
import TesseraNetworks
import TesseraNumerics
import TesseraSegmentation
import TesseraStructure

/// Finds the pixels that belong to nanoparticles, and divides them into particles.
public struct ParticleFinder: Sendable, Codable, Equatable {
  /// How pixels are judged.
  public enum Route: String, Sendable, Codable, CaseIterable {
    /// By a network [P21].
    case network
    /// By their intensity: Otsu's threshold, the smaller group.
    case otsu
    /// By lattice fringes: a ring of the Fourier transform.
    case fourier
  }

  /// By what pixels are judged; without effect where a mask is given.
  public var route = Route.network
  /// Path of a model file of the kind `particles`, or of the published weights of [P21] (HDF5); nil: the network that comes with the
  /// program.
  public var model: String?
  /// Path of a mask that the user brings; nil: none.
  public var mask: String?
  /// Diameter of the disc of the same area, in nm, that a particle needs; where the scale is unknown, the planes of a crystal
  /// give it, or it is 0.06 nm per pixel.
  public var leastDiameter = 1.0
  /// Mean of the map that a particle needs inside.
  public var leastConfidence = 0.7
  /// Divides the pixels of particles into particles, at necks.
  public var instances = InstanceFinder()
  /// Judges pixels by the network that comes with the program.
  public init() {}

  /// Pixels of about this side in nm are enough to tell particles apart.
  static let coarsePixel = 0.06

  /// What was found.
  public struct Found: Sendable {
    /// Value of the network's map, or of what stands in its place; nil where a mask was given.
    public var map: Raster<Float>?
    /// Value from which on a pixel belongs to a particle.
    public var threshold: Double
    /// Where the threshold comes from, in words for a report.
    public var thresholdReason = "half"
    /// 1 upwards: the particle; 0: none.
    public var labels: Raster<Int>
    /// The network's name and checksum, or what stands in its place.
    public var source: String
    /// Why that source was used, in words for a report.
    public var sourceReason: String
    /// Regions that were left out because they are smaller than a disc of `leastDiameter`.
    public var small = 0
    /// Regions that were left out because the mean of the network's map inside is below `leastConfidence`.
    public var doubtful = 0
    /// Regions across whose outline the image changes no more than across the same outline elsewhere, left out too.
    public var unsupported = 0
    /// Regions that were left out because one crystal fills them and what surrounds them.
    public var inCrystal = 0
    /// Side of a pixel in nm if the planes of the image are those of common crystals; nil where the size is known, or no planes are seen.
    public var assumedPixel: Double?
    /// For each label from 1 on: how much more the image changes across its outline than elsewhere, in standard deviations; nil where
    /// that could not be tried, and empty where a mask was given for an image that cannot show columns of atoms.
    public var evidence: [Double?] = []
    /// For each label from 1 on: whether the texture that the support shows around is missing inside, as in a hole; empty where a mask was
    /// given.
    public var smooth: [Bool] = []
    /// For each label from 1 on: what the mask says of it; empty unless a mask was given.
    public var given: [MaskLabel] = []
    /// The labels as the network outlined them, on which the forest has learnt, where edges were found elsewhere; nil: `labels`.
    public var outlined: Raster<Int>?
    /// How far the outlines of plates were moved inwards to their edges, the median in pixels; nil where the network's were kept.
    public var edgeShift: Double?
    /// For each label from 1 on: standard deviation in pixels of where its edge lies; empty where the network's outlines were kept.
    public var outlineErrors: [Double] = []
    /// Length of the shorter lattice vector in pixels where the regions lie on a lattice, as columns of atoms do; nil elsewhere.
    public var latticeSpacing: Double?
    /// Pixels that were joined along each axis before.
    public var binning = 1
  }

  /// - Throws: `FormatError` for a file, `DataError` for a mask of another size, `ParameterError` for a setting out of range.
  public func found(in image: Raster<Float>, isMeasured: Raster<Bool>, pixel: Double?, name: String) throws -> Found {
    try check()
    if let mask { return try found(inMask: mask, of: image, pixel: pixel) }
    // Two or three pixels hold no planes: those are patterns of the camera or of the scan.
    guard pixel == nil, let spacing = CrystalPlanes.spacing(of: image),
      Self.commonSpacing / spacing <= ParticleMethod.coarsestPixel
    else { return try found(in: image, isMeasured, pixel: pixel, name) }
    let assumed = Self.commonSpacing / spacing
    var found = try found(in: image, isMeasured, pixel: assumed, name)
    found.assumedPixel = assumed
    return found
  }

  /// Planes of low order of most crystals are 0.2 to 0.3 nm apart; where nothing else tells the scale, those of the image are taken for such.
  static let commonSpacing = 0.25

  /// - Parameter pixel: side of a pixel in nm, known or assumed; nil: neither.
  private func found(
    in image: Raster<Float>, _ isMeasured: Raster<Bool>, pixel: Double?, _ name: String
  ) throws -> Found {
    let most = max(1, min(image.width, image.height) / 16)
    var binning = min(most, pixel.map { max(1, Int(saturating: (Self.coarsePixel / $0).rounded())) } ?? 1)
    var found: Found
    switch route {
    case .network:
      let network = try network()
      if let size = network.model.pixelSize {
        binning = min(most, pixel.map { max(1, Int(saturating: (size / $0).rounded())) } ?? 1)
      } else {
        binning = 1
      }
      let maps: UNetMaps
      do {
        maps = try network.model.maps(of: Binning.means(of: image, factor: binning))
      } catch let error as DataError { throw DataError("\(name): \(error.description)") }
      let map = maps.maps[maps.maps.count - 1]
      found = self.found(
        map: map, threshold: network.model.threshold ?? 0.5, binning: binning, image: image, pixel: pixel)
      (found.source, found.sourceReason) = (network.source, network.reason)
      if network.model.threshold != nil { found.thresholdReason = "the best F1 on images that were held back" }
      return withoutUnmeasured(found, isMeasured)
    case .otsu:
      found = self.found(
        map: Binning.means(of: OtsuThreshold.mask(of: image).map { $0 ? 1 : 0 }, factor: binning), threshold: 0.5,
        binning: binning, image: image, pixel: pixel)
      found.source = "Otsu's threshold of the intensity"
    case .fourier:
      found = self.found(
        map: Binning.means(of: LatticeFilter(pixel: pixel).mask(of: image).map { $0 ? 1 : 0 }, factor: binning),
        threshold: 0.5, binning: binning, image: image, pixel: pixel)
      found.source = "Otsu's threshold of the lattice fringes"
    }
    found.sourceReason = "as set"
    return withoutUnmeasured(found, isMeasured)
  }

  /// The map of pixels that were joined becomes labels of all pixels.
  private func found(
    map: Raster<Float>, threshold: Double, binning: Int, image: Raster<Float>, pixel: Double?
  ) -> Found {
    let coarse = (pixel ?? Self.coarsePixel) * Double(binning)
    let least = .pi / 4 * pow(leastDiameter / coarse, 2)
    let mask = map.map { Double($0) >= threshold }
    let clean = MaskCleaning.filled(MaskCleaning.opened(mask, radius: 1.5), largest: Int(saturating: least))
    var labels = instances.instances(of: clean)
    var sums: [Int: (count: Int, sum: Double)] = [:]
    for (label, value) in zip(labels.values, map.values) where label > 0 {
      sums[label, default: (0, 0)].count += 1
      sums[label]!.sum += Double(value)
    }
    var found = Found(map: nil, threshold: threshold, labels: labels, source: "", sourceReason: "", binning: binning)
    var numbers: [Int: Int] = [:]
    for label in sums.keys.sorted() {
      let (count, sum) = sums[label]!
      if Double(count) < least {
        found.small += 1
      } else if route == .network && sum / Double(count) < leastConfidence {
        found.doubtful += 1
      } else {
        numbers[label] = numbers.count + 1
      }
    }
    labels = labels.map { numbers[$0] ?? 0 }
    let full = Binning.enlarged(map, factor: binning, width: image.width, height: image.height)
    found.labels = enlarged(labels, clean, full, threshold: Float(threshold), factor: binning)
    found.map = full
    return sharpened(supported(found, coarse: labels, image: image, pixel: pixel), image: image)
  }

  /// Each pixel above the threshold takes the label of its large pixel, or of one beside it.
  private func enlarged(
    _ labels: Raster<Int>, _ clean: Raster<Bool>, _ map: Raster<Float>, threshold: Float, factor: Int
  ) -> Raster<Int> {
    guard factor > 1 else { return labels }
    return concurrentRows(width: map.width, height: map.height, of: 0) { y, row in
      let v = min(y / factor, labels.height - 1)
      for x in 0..<row.count {
        let u = min(x / factor, labels.width - 1)
        let here = labels[u, v]
        if here > 0 {
          // A hole that was filled stays filled.
          if map.values[y * row.count + x] >= threshold || isInner(labels, u, v) { row[x] = here }
        } else if map.values[y * row.count + x] >= threshold, !clean[u, v] {
          row[x] = nearest(labels, u, v)
        }
      }
    }
  }

  private func isInner(_ labels: Raster<Int>, _ u: Int, _ v: Int) -> Bool {
    let here = labels[u, v]
    return [(1, 0), (-1, 0), (0, 1), (0, -1)].allSatisfy { du, dv in
      !labels.contains(x: u + du, y: v + dv) || labels[u + du, v + dv] == here
    }
  }

  private func nearest(_ labels: Raster<Int>, _ u: Int, _ v: Int) -> Int {
    for (du, dv) in [(1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)] {
      if labels.contains(x: u + du, y: v + dv), labels[u + du, v + dv] > 0 { return labels[u + du, v + dv] }
    }
    return 0
  }

  /// Without particles of which more than a tenth is no measurement.
  private func withoutUnmeasured(_ found: Found, _ isMeasured: Raster<Bool>) -> Found {
    guard isMeasured.values.contains(false) else { return found }
    var counts: [Int: (all: Int, unmeasured: Int)] = [:]
    for (label, isMeasured) in zip(found.labels.values, isMeasured.values) where label > 0 {
      counts[label, default: (0, 0)].all += 1
      if !isMeasured { counts[label]!.unmeasured += 1 }
    }
    let dropped = Set(counts.filter { 10 * $0.value.unmeasured > $0.value.all }.keys)
    guard !dropped.isEmpty else { return found }
    var numbers: [Int: Int] = [:]
    for label in counts.keys.sorted() where !dropped.contains(label) { numbers[label] = numbers.count + 1 }
    return found.keeping(numbers)
  }

  // MARK: - Networks

  private func network() throws -> (model: NetworkModel, source: String, reason: String) {
    guard let model else {
      let shipped = NetworkModel.shippedParticles
      return (
        shipped, NetworkModel.shippedParticlesName + (shipped.checksum.map { ", CRC-32 \($0)" } ?? ""),
        "the network that comes with the program"
      )
    }
    let file = (model as NSString).lastPathComponent
    if ["h5", "hdf5"].contains((file as NSString).pathExtension.lowercased()) {
      let network = try UNet(publishedParticleWeights: model)
      let record = TrainingRecord(program: "Keras", data: "published weights", imageCount: 0, epochs: 0, seed: 0)
      let published = NetworkModel(kind: .particles, network: network, training: record, licence: "unknown")
      return (published, file, "published weights, given")
    }
    let read = try NetworkModel(readFrom: model, kind: .particles)
    return (read, file + (read.checksum.map { ", CRC-32 \($0)" } ?? ""), "given")
  }

  /// Throws `ParameterError` unless `leastDiameter` is above 0 and `leastConfidence` between 0 and 1.
  public func check() throws(ParameterError) {
    try require(
      leastDiameter > 0 && leastDiameter.isFinite, setting("least diameter"), is: leastDiameter, mustBe: "above 0")
    try require(
      (0...1).contains(leastConfidence), "least confidence", is: leastConfidence, mustBe: "between 0 and 1")
  }
}
