import Foundation
import TesseraNumerics

/// What a registration knows from one mean to the next.
struct RegistrationState {
  let settings: Registration
  /// The part of the specimen that the mean shows.
  let box: PixelBox
  private let used: [Int]
  private let consensus: FrameConsensus
  private let frameWidth, lines: Int
  private(set) var paths: [FramePath]
  /// The paths as the frames lie in the sums.
  private var summedPaths: [FramePath]
  /// The last comparison of each frame with the others.
  private var agreements: [FrameAgreement?]
  private var errors: [Point]
  private var jitters: [Double]
  private(set) var warnings: [String] = []
  /// Sums of the frames by direction of scan, 0 ... 3 quarter turns.
  private var sums: [Int: FrameSum] = [:]

  /// Standard deviation of the Gaussian under which frames are compared with their mean, in pixels: it takes noise off the
  /// slopes, and is narrower than any column that is resolved.
  private static let smoothing = 1.0

  init(_ settings: Registration, _ series: FrameSeries, _ consensus: FrameConsensus) throws {
    (self.settings, self.consensus) = (settings, consensus)
    (frameWidth, lines) = (series.width, series.height)
    used = consensus.places.indices.filter { consensus.places[$0] != nil }
    guard used.count > 1 else {
      throw DataError(
        "\(series.name): no two of its \(series.count) frames show the same structure; the frames are constant, too noisy, "
          + "or of different places"
          + (series.remedies.contains(.averaging) ? ", and only \(setting("register", "none")) averages them" : ""))
    }
    let rates = settings.correctsDrift ? Self.rates(of: consensus.places, settings, series.height) : nil
    let paths = consensus.places.indices.map { frame in
      FramePath(
        quarterTurns: settings.quarterTurns(of: frame), shift: consensus.places[frame] ?? .zero,
        rate: rates?.rates[frame] ?? .zero)
    }
    (self.paths, summedPaths) = (paths, paths)
    agreements = [FrameAgreement?](repeating: nil, count: series.count)
    errors = [Point](repeating: Point(.infinity, .infinity), count: series.count)
    jitters = [Double](repeating: 0, count: series.count)
    let (common, isCommon) = try Self.box(
      used.map { paths[$0].displacements(lines: series.height) }, series)
    box = common
    let left = paths.indices.filter { consensus.places[$0] == nil }
    if !left.isEmpty {
      let isOne = left.count == 1
      warnings.append(
        "\(Self.names(left, series)) \(isOne ? "does" : "do") not show the structure of the other frames, and "
          + "\(isOne ? "is" : "are") left out of the mean")
    }
    if let vector = consensus.openVector {
      warnings.append(
        "within their noise, the frames fit each other as well if shifted by a further \(vector.text(decimals: 1)) px, "
          + "as those of a crystal without defects: the smallest steps that fit were taken, which are right if the specimen "
          + "moved by less than half of that from frame to frame")
    }
    if !isCommon {
      warnings.append(
        "less than half of the field is common to all frames: the mean shows the area that at least half of the frames cover"
      )
    }
    if let jumps = rates?.jumps, !jumps.isEmpty {
      warnings.append(
        "the specimen jumped after \(Self.names(jumps, series)): jumps are not treated as drift within frames")
    }
  }

  /// Frames in a message, the first dozen of them.
  private static func names(_ frames: [Int], _ series: FrameSeries) -> String {
    frames.prefix(12).map(series.frameName).joined(separator: ", ") + (frames.count > 12 ? ", ..." : "")
  }

  /// What helps where the frames of a series lie too far from each other.
  private static func advice(_ series: FrameSeries) -> String {
    series.remedies.contains(.choosing)
      ? "; choose fewer with \(setting("frames"))" : "; leave those out that lie far off"
  }

  private static func rates(of shifts: [Point?], _ settings: Registration, _ lines: Int) -> DriftRate {
    DriftRate(shifts: shifts, lines: Double(lines) + settings.pauseLines)
  }

  /// The pixels that all frames show; where that is less than half of a frame, those that half of them show in x and in y.
  private static func box(_ displacements: [[Point]], _ series: FrameSeries) throws -> (PixelBox, isCommon: Bool) {
    let low = displacements.map { lines in Point(-lines.map(\.x).min()!, -lines.map(\.y).min()!) }
    let high = displacements.map { lines in
      Point(Double(series.width - 1) - lines.map(\.x).max()!, Double(series.height - 1) - lines.map(\.y).max()!)
    }
    func box(_ share: Double) -> PixelBox {
      func quantile(_ values: [Double], _ share: Double) -> Double { Statistics.quantile(values, share) }
      let x = Int(saturating: quantile(low.map(\.x), share).rounded(.up))
      let y = Int(saturating: quantile(low.map(\.y), share).rounded(.up))
      return PixelBox(
        x: x, y: y, width: Int(saturating: quantile(high.map(\.x), 1 - share).rounded(.down)) - x + 1,
        height: Int(saturating: quantile(high.map(\.y), 1 - share).rounded(.down)) - y + 1)
    }
    let common = box(1)
    if min(common.width, common.height) > 16, 2 * common.width * common.height >= series.width * series.height {
      return (common, true)
    }
    let half = box(0.5)
    guard min(half.width, half.height) > 16 else {
      throw DataError(
        "\(series.name): the frames have too little in common, because they moved by half of the "
          + "field" + Self.advice(series))
    }
    return (half, false)
  }

  /// Forms the mean with the paths as they are.
  mutating func sumFrames(of series: FrameSeries, _ step: () throws -> Void) throws {
    sums = [:]
    for frame in paths.indices {
      try step()
      guard used.contains(frame) else { continue }
      add(try series.frame(frame), number: frame, to: &sums)
    }
    summedPaths = paths
  }

  /// The box along the scanner's axes of a direction of scan.
  private func scannedBox(_ turns: Int) -> PixelBox {
    box.turned(quarters: -turns, frameWidth: frameWidth, frameHeight: lines)
  }

  private func add(_ frame: Raster<Float>, number: Int, to sums: inout [Int: FrameSum]) {
    let (path, turns) = (paths[number], paths[number].quarterTurns)
    var sum = sums.removeValue(forKey: turns) ?? FrameSum(box: scannedBox(turns))
    sum.add(frame, displacements: path.scanned(lines: lines))
    sums[turns] = sum
  }

  /// Sum and coverage of some directions of scan, along the specimen's axes.
  private func total(_ directions: [Int]) -> (values: Raster<Float>, coverage: Raster<Float>) {
    var values = Raster<Float>(width: box.width, height: box.height, filling: 0)
    var coverage = values
    for turns in directions {
      guard let sum = sums[turns] else { continue }
      let (v, c) = (sum.values.turned(quarters: turns), sum.coverage.turned(quarters: turns))
      for index in values.values.indices {
        values.values[index] += v.values[index]
        coverage.values[index] += c.values[index]
      }
    }
    return (values, coverage)
  }

  /// A mean along the scanner's axes of a direction, smoothed, which favours no side.
  private func reference(_ values: Raster<Float>, _ coverage: Raster<Float>, for turns: Int) -> Raster<Float> {
    let mean = Float(
      values.values.reduce(0) { $0 + Double($1) } / max(1, coverage.values.reduce(0) { $0 + Double($1) }))
    let ratio = zip(values.values, coverage.values).map { $1 > 0 ? $0 / $1 : mean }
    let image = Raster(width: box.width, height: box.height, values: ratio).turned(quarters: -turns)
    let kernel = GaussianFilter.halfKernel(sigma: Self.smoothing)
    return separableFilter(image, rows: kernel, columns: kernel)
  }

  /// The mean of all frames but one, which would hold that one where it is.
  private func reference(
    _ all: (values: Raster<Float>, coverage: Raster<Float>), without frame: Raster<Float>, number: Int
  ) -> Raster<Float> {
    let turns = paths[number].quarterTurns
    var own = FrameSum(box: scannedBox(turns))
    own.add(frame, displacements: summedPaths[number].scanned(lines: lines))
    var (values, coverage) = (own.values.turned(quarters: turns), own.coverage.turned(quarters: turns))
    for index in values.values.indices {
      values.values[index] = all.values.values[index] - values.values[index]
      coverage.values[index] = all.coverage.values[index] - coverage.values[index]
    }
    return reference(values, coverage, for: turns)
  }

  /// Compares every frame with the mean of others, moves it, and forms the next mean. The others are the frames that were
  /// scanned across it where there are any, else all.
  mutating func refine(_ series: FrameSeries, movesLines: Bool, _ step: () throws -> Void) throws {
    let all = total(sums.keys.sorted())
    var crossing: [Int: Raster<Float>] = [:]
    for turns in sums.keys.sorted() {
      let across = sums.keys.filter { ($0 + turns) % 2 == 1 }.sorted()
      guard !across.isEmpty else { continue }
      let (values, coverage) = total(across)
      crossing[turns] = reference(values, coverage, for: turns)
    }
    let seesDrift = settings.correctsDrift && !crossing.isEmpty
    var next: [Int: FrameSum] = [:]
    for number in paths.indices {
      try step()
      guard used.contains(number) else { continue }
      let frame = try series.frame(number)
      let turns = paths[number].quarterTurns
      let fit = FrameFit(
        of: frame, displacements: paths[number].scanned(lines: lines),
        reference: crossing[turns] ?? reference(all, without: frame, number: number), box: scannedBox(turns))
      agreements[number] = FrameAgreement(fit)
      let others = used.count { crossing[turns] == nil ? $0 != number : (paths[$0].quarterTurns + turns) % 2 == 1 }
      move(
        number, fit, others: others, sharesMean: crossing[turns] == nil, seesDrift: seesDrift, movesLines: movesLines)
      add(frame, number: number, to: &next)
    }
    (sums, summedPaths) = (next, paths)
  }

  /// Frames that show something else than the others.
  var strangers: [Int] { FrameAgreement.strangers(in: agreements) }

  /// - Parameters:
  ///   - others: number of frames in the reference.
  ///   - sharesMean: whether these are all the other frames, and the frame is to be moved to the mean of all.
  private mutating func move(
    _ number: Int, _ fit: FrameFit, others: Int, sharesMean: Bool, seesDrift: Bool, movesLines: Bool
  ) {
    let fits = sharesMean ? fit.lines.map { $0.sharedWithMean(of: others) } : fit.lines
    // Of the noise of the residuals, one part in others + 1 is the reference's.
    let noise = fit.pixelCount * fit.residualVariance / Double(others + 1)
    let whole = LineFit(sumOf: fit.lines)
    let sum = (sharesMean ? whole.sharedWithMean(of: others) : whole)
      .withoutNoise(variance: noise, smoothedBy: Self.smoothing)
    guard let (shift, variance) = sum.solution else { return }
    var (offset, slope) = (shift, Point.zero)
    if seesDrift, let line = LineFit.straightLine(fits) { (offset, slope) = line }
    let turns = paths[number].quarterTurns
    errors[number] = Point(variance.x.squareRoot(), variance.y.squareRoot())
    if !turns.isMultiple(of: 2) { errors[number] = Point(errors[number].y, errors[number].x) }
    paths[number].shift += offset.turned(quarters: turns)
    paths[number].rate += slope.turned(quarters: turns)
    guard movesLines else { return }
    let middle = Double(lines - 1) / 2
    let present = fits.indices.map { line in
      (paths[number].lineErrors.isEmpty ? .zero : paths[number].lineErrors[line])
        - offset - slope * (Double(line) - middle)
    }
    let lineErrors = LineErrors(fits, present: present, smoothing: settings.slowLines)
    paths[number].lineErrors = lineErrors.errors
    jitters[number] = lineErrors.jitter
  }

  /// Takes the drift within frames from their present shifts. Frames of two directions see it themselves.
  mutating func followDrift() {
    guard settings.correctsDrift, Set(sums.keys.map { $0 % 2 }).count == 1 else { return }
    let shifts = paths.indices.map { consensus.places[$0] == nil ? nil : paths[$0].shift }
    let rates = Self.rates(of: shifts, settings, lines).rates
    for frame in used { paths[frame].rate = rates[frame] }
  }

  /// The mean as it is.
  func result(of series: FrameSeries) throws -> RegisteredSeries {
    let (values, coverage) = total(sums.keys.sorted())
    let least = Float(used.count) / 2
    let mean = zip(values.values, coverage.values).map { $1 >= least ? $0 / $1 : .nan }
    guard mean.contains(where: \.isFinite) else {
      throw DataError(
        "\(series.name): no pixel is covered by half of the frames" + Self.advice(series))
    }
    // Shifts count from the first frame used; so does the mean's corner.
    let origin = paths[used[0]].shift
    let records = paths.indices.map { frame in
      let path = paths[frame]
      let isUsed = consensus.places[frame] != nil
      return FrameRecord(
        frame: frame, isUsed: isUsed, scanAngle: 90 * path.quarterTurns, shift: isUsed ? path.shift - origin : .zero,
        shiftError: errors[frame], drift: isUsed ? path.rate * Double(lines) : .zero, jitter: jitters[frame])
    }
    let record = RegistrationRecord(
      mode: settings.mode, frames: records, origin: origin + Point(Double(box.x), Double(box.y)),
      mendedPairs: consensus.mendedPairs,
      droppedPairs: consensus.droppedPairs)
    return RegisteredSeries(
      mean: Raster(width: box.width, height: box.height, values: mean), coverage: coverage, record: record,
      displacements: paths.indices.map {
        consensus.places[$0] == nil ? [] : paths[$0].displacements(lines: lines)
      },
      warnings: warnings
        + [FrameAgreement.turnWarning(of: agreements, width: box.width, height: box.height)].compactMap { $0 })
  }
}
