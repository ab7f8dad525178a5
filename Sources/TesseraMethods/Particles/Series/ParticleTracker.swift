import Foundation
import TesseraNumerics

/// Follows particles from image to image by their overlap, after the drift between two images has been taken out.
///
/// Images are added one by one, and only the last is kept, so that the memory does not depend on the length of the series.
///
/// A particle is the same in the next image if more than half of either lies in the other. Where more than half of several particles lies
/// in one particle of the next image, they have joined: the largest lends its track, the others end. The reverse is a division. Of those
/// that are left, two of like size are one if each is the nearest of the other, within a diameter.
public struct ParticleTracker: Sendable {
  /// One image of the series.
  public struct Frame: Sendable {
    /// `id` of the particle at each pixel; 0: none.
    public var labels: Raster<UInt16>
    /// Pixels of all particles, those that the border cuts among them.
    public var mask: Raster<Bool>
    /// The particles with labels.
    public var particles: [ParticleRecord.Row]

    /// An image; labels and mask have the same size.
    public init(labels: Raster<UInt16>, mask: Raster<Bool>, particles: [ParticleRecord.Row]) {
      precondition(labels.width == mask.width && labels.height == mask.height)
      (self.labels, self.mask, self.particles) = (labels, mask, particles)
    }
  }

  /// All tracks so far; those that reach the last image end with `last`.
  public var tracks: [ParticleTrack] {
    guard isLastEmpty else { return begun }
    return begun.map { track in
      var track = track
      if track.ending == .last { track.ending = .vanishes }
      return track
    }
  }
  private var begun: [ParticleTrack] = []
  /// Drift from each image to the next in pixels: where a particle at rest moves.
  public private(set) var drifts: [Point] = []

  /// Images without one particle between or behind others, from 0: blank ones, or out of focus. They end no track unless none follows.
  public private(set) var emptyImages: [Int] = []
  private var isLastEmpty: Bool { emptyImages.last == imageCount - 1 }

  /// The last image that was not left out, and its number.
  private var frame: Frame?
  private var lastImage = 0
  private var imageCount = 0
  /// Of each particle of the last image, by its `id`, the index of its track.
  private var open: [Int: Int] = [:]

  /// A series without images.
  public init() {}

  /// Two particles of successive images are one if more than this part of either lies in the other.
  private static let sharedPart = 0.5
  /// Diameters of one particle in successive images differ by no more than this factor, for finding the drift.
  private static let likeDiameters = 1.3
  /// So many of the largest particles of both images propose drifts.
  private static let proposers = 40

  /// Adds the next image of the series.
  ///
  /// - Throws: `DataError` for an image of another size.
  public mutating func add(_ next: Frame) throws {
    defer { imageCount += 1 }
    guard let last = frame else {
      (frame, lastImage) = (next, imageCount)
      for particle in next.particles { begin(particle, .first) }
      return
    }
    guard last.labels.width == next.labels.width, last.labels.height == next.labels.height else {
      throw DataError(
        "image \(imageCount + 1) of the series has \(next.labels.width) x \(next.labels.height) pixels, the one before "
          + "\(last.labels.width) x \(last.labels.height); particles are followed through images of one size")
    }
    if next.particles.isEmpty, !last.particles.isEmpty, !next.mask.values.contains(true) {
      emptyImages.append(imageCount)
      drifts.append(.zero)
      return
    }
    let drift = Self.drift(from: last.particles, to: next.particles)
    drifts.append(drift)
    link(last, next, drift)
    (frame, lastImage) = (next, imageCount)
  }

  private mutating func begin(_ particle: ParticleRecord.Row, _ beginning: ParticleTrack.Beginning) {
    open[particle.id] = begun.count
    begun.append(
      ParticleTrack(
        number: begun.count + 1, steps: [.init(image: imageCount, particle: particle)], beginning: beginning,
        ending: .last))
  }

  // MARK: - Drift

  /// The displacement that carries most particles of one image onto particles like them of the next; zero where none does for two.
  static func drift(from a: [ParticleRecord.Row], to b: [ParticleRecord.Row]) -> Point {
    func largest(_ rows: [ParticleRecord.Row]) -> [ParticleRecord.Row] {
      Array(rows.sorted { ($1.area, $0.id) < ($0.area, $1.id) }.prefix(proposers))
    }
    let (from, to) = (largest(a), largest(b))
    func isLike(_ a: ParticleRecord.Row, _ b: ParticleRecord.Row) -> Bool {
      max(a.diameter, b.diameter) < likeDiameters * min(a.diameter, b.diameter)
    }
    /// Displacements of particles that land within a quarter of their diameter.
    func met(by shift: Point) -> [Point] {
      from.compactMap { a in
        to.filter { isLike(a, $0) }.map { $0.centroid - a.centroid }.min { ($0 - shift).length < ($1 - shift).length }
          .flatMap { ($0 - shift).length < 0.25 * a.diameter ? $0 : nil }
      }
    }
    var best: (count: Int, length: Double, shift: Point) = (met(by: .zero).count, 0, .zero)
    for a in from {
      for b in to where isLike(a, b) {
        let shift = b.centroid - a.centroid
        let count = met(by: shift).count
        // Of two that serve as many, the shorter.
        if count > best.count || count == best.count && shift.length < best.length {
          best = (count, shift.length, shift)
        }
      }
    }
    // One pair meets at any displacement.
    guard best.count >= 2 else { return .zero }
    let shifts = met(by: best.shift)
    return Point(Statistics.median(shifts.map(\.x)), Statistics.median(shifts.map(\.y)))
  }

  // MARK: - Links

  /// Shared pixels of each particle of one image with each of the next.
  private static func shared(_ a: Raster<UInt16>, _ b: Raster<UInt16>, _ drift: Point) -> [Int: [Int: Int]] {
    let (dx, dy) = (Int(saturating: drift.x.rounded()), Int(saturating: drift.y.rounded()))
    var shared: [Int: [Int: Int]] = [:]
    for y in max(0, -dy)..<max(max(0, -dy), min(a.height, a.height - dy)) {
      for x in max(0, -dx)..<max(max(0, -dx), min(a.width, a.width - dx)) {
        let (from, to) = (Int(a[x, y]), Int(b[x + dx, y + dy]))
        if from > 0 && to > 0 { shared[from, default: [:]][to, default: 0] += 1 }
      }
    }
    return shared
  }

  private mutating func link(_ last: Frame, _ next: Frame, _ drift: Point) {
    let shared = Self.shared(last.labels, next.labels, drift)
    var before: [Int: ParticleRecord.Row] = [:]
    for particle in last.particles { before[particle.id] = particle }
    /// Of each particle of the next image: those of which most lies in it, and those in which most of it lies.
    var parents: [Int: [Int]] = [:]
    var wholes: [Int: Int] = [:]
    let after = Dictionary(next.particles.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for (from, targets) in shared {
      for (to, count) in targets {
        guard let a = before[from], let b = after[to] else { continue }
        if Double(count) > Self.sharedPart * a.area { parents[to, default: []].append(from) }
        if Double(count) > Self.sharedPart * b.area { wholes[to] = from }
      }
    }
    let earlier = open
    open = [:]
    var continued: Set<Int> = []
    // The largest first, so that it is the largest part that keeps the track of what it divides from.
    for particle in next.particles.sorted(by: { ($1.area, $0.id) < ($0.area, $1.id) }) {
      let candidates = (parents[particle.id] ?? wholes[particle.id].map { [$0] } ?? [])
        .filter { !continued.contains($0) }
        .sorted { (before[$1]?.area ?? 0, $0) < (before[$0]?.area ?? 0, $1) }
      guard let heir = candidates.first, let track = earlier[heir] else { continue }
      continued.formUnion(candidates)
      begun[track].steps.append(.init(image: imageCount, particle: particle))
      open[particle.id] = track
      for other in candidates.dropFirst() {
        if let lost = earlier[other] { begun[lost].ending = .joins(begun[track].number) }
      }
      if candidates.count > 1 { begun[track].breaks.append(imageCount) }
    }
    // Particles of which nothing has been said yet, and which moved by up to a diameter.
    let left = last.particles.filter { !continued.contains($0.id) }
    let new = next.particles.filter { open[$0.id] == nil && wholes[$0.id] == nil }
    for (a, b) in Self.mutualNearest(left, new, drift) {
      guard let track = earlier[a.id] else { continue }
      continued.insert(a.id)
      begun[track].steps.append(.init(image: imageCount, particle: b))
      open[b.id] = track
    }
    for particle in next.particles where open[particle.id] == nil {
      let whole = wholes[particle.id].flatMap { earlier[$0] }
      if let whole { begun[whole].breaks.append(imageCount) }
      begin(particle, whole.map { .dividesFrom(begun[$0].number) } ?? .appears)
    }
    for (id, track) in earlier.sorted(by: { $0.key < $1.key }) where !continued.contains(id) {
      if let host = host(of: id, shared[id] ?? [:], before, after) {
        begun[track].ending = .joins(begun[host].number)
        if begun[host].breaks.last != imageCount { begun[host].breaks.append(imageCount) }
      } else {
        begun[track].ending = ending(of: before[id], drift, in: next)
      }
    }
  }

  /// The track of the particle that has taken up one which is gone: one that it overlaps, and that has become larger by at least half of
  /// it at once.
  private func host(
    of id: Int, _ shared: [Int: Int], _ before: [Int: ParticleRecord.Row], _ after: [Int: ParticleRecord.Row]
  ) -> Int? {
    guard let lost = before[id] else { return nil }
    return shared.keys.sorted().first { target in
      guard let particle = after[target], let track = open[target], let step = begun[track].steps.dropLast().last,
        step.image == lastImage
      else { return false }
      return particle.area - step.particle.area > Self.sharedPart * lost.area
    }.flatMap { open[$0] }
  }

  /// Pairs of like diameters, each the nearest of the other, within the mean of their diameters.
  private static func mutualNearest(
    _ a: [ParticleRecord.Row], _ b: [ParticleRecord.Row], _ drift: Point
  ) -> [(ParticleRecord.Row, ParticleRecord.Row)] {
    func nearest(to place: Point, among rows: [ParticleRecord.Row], _ shift: Point) -> ParticleRecord.Row? {
      rows.min { (($0.centroid - shift - place).length, $0.id) < (($1.centroid - shift - place).length, $1.id) }
    }
    return a.compactMap { one in
      guard let other = nearest(to: one.centroid, among: b, drift),
        nearest(to: other.centroid - drift, among: a, .zero)?.id == one.id,
        max(one.diameter, other.diameter) < likeDiameters * min(one.diameter, other.diameter),
        (other.centroid - drift - one.centroid).length < 0.5 * (one.diameter + other.diameter)
      else { return nil }
      return (one, other)
    }
  }

  /// How the track of a particle ends that is none in the next image.
  private func ending(of particle: ParticleRecord.Row?, _ drift: Point, in next: Frame) -> ParticleTrack.Ending {
    guard let particle else { return .vanishes }
    let place = particle.centroid + drift
    let radius = 0.5 * particle.diameter
    // Near the border, or part of a region that has no label as the border cuts it.
    let isOut =
      place.x < radius || place.y < radius || place.x > Double(next.labels.width - 1) - radius
      || place.y > Double(next.labels.height - 1) - radius
    guard !isOut else { return .border }
    let (x, y) = (Int(saturating: place.x.rounded()), Int(saturating: place.y.rounded()))
    return next.mask[x, y] && next.labels[x, y] == 0 ? .border : .vanishes
  }
}
