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
  private var errors: [Point]
  private var jitters: [Double]
  private(set) var warnings: [String] = []
  /// Sums of the frames by direction of scan, 0 ... 3 quarter turns.
  private var sums: [Int: FrameSum] = [:]

  init(_ settings: Registration, _ series: FrameSeries, _ consensus: FrameConsensus) throws {
    (self.settings, self.consensus) = (settings, consensus)
    (frameWidth, lines) = (series.width, series.height)
    used = consensus.places.indices.filter { consensus.places[$0] != nil }
    guard used.count > 1 else {
      throw DataError(
        "\(series.name): no two of its \(series.count) frames show the same structure; the frames are constant, too noisy, "
          + "or of different places, and only \(setting("register", "none")) averages them")
    }
    let rates = settings.correctsDrift ? Self.rates(of: consensus.places, settings, series.height) : nil
    let paths = consensus.places.indices.map { frame in
      FramePath(
        quarterTurns: settings.quarterTurns(of: frame), shift: consensus.places[frame] ?? .zero,
        rate: rates?.rates[frame] ?? .zero)
    }
    self.paths = paths
    errors = [Point](repeating: Point(.infinity, .infinity), count: series.count)
    jitters = [Double](repeating: 0, count: series.count)
    let (common, isCommon) = try Self.box(
      used.map { paths[$0].displacements(lines: series.height) }, series)
    box = common
    let left = paths.indices.filter { consensus.places[$0] == nil }
    if !left.isEmpty {
      let names = left.prefix(12).map(String.init).joined(separator: ", ") + (left.count > 12 ? ", ..." : "")
      warnings.append(
        "\(left.count == 1 ? "frame \(names) does" : "frames \(names) do") not show the structure of the other frames, and "
          + "\(left.count == 1 ? "is" : "are") left out of the mean")
    }
    if !isCommon {
      warnings.append(
        "less than half of the field is common to all frames: the mean shows the area that at least half of the frames cover"
      )
    }
    if let jumps = rates?.jumps, !jumps.isEmpty {
      warnings.append(
        "the specimen jumped after frame \(jumps.prefix(12).map(String.init).joined(separator: ", ")): jumps are not treated "
          + "as drift within frames")
    }
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
          + "field; choose fewer with \(setting("frames"))"
      )
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
  }

  private func add(_ frame: Raster<Float>, number: Int, to sums: inout [Int: FrameSum]) {
    let (path, turns) = (paths[number], paths[number].quarterTurns)
    var sum =
      sums.removeValue(forKey: turns)
      ?? FrameSum(box: box.turned(quarters: -turns, frameWidth: frameWidth, frameHeight: lines))
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

  /// What frames of a direction are compared with, along their scanner's axes: the mean of the frames across where there
  /// are any, otherwise of all. Smoothed along the lines by a pixel, which takes noise off the slopes and favours no side.
  private func reference(for turns: Int) -> Raster<Float> {
    let across = sums.keys.filter { ($0 + turns) % 2 == 1 }.sorted()
    let (values, coverage) = total(across.isEmpty ? sums.keys.sorted() : across)
    let mean = Float(
      values.values.reduce(0) { $0 + Double($1) } / max(1, coverage.values.reduce(0) { $0 + Double($1) }))
    let ratio = zip(values.values, coverage.values).map { $1 > 0 ? $0 / $1 : mean }
    let image = Raster(width: box.width, height: box.height, values: ratio).turned(quarters: -turns)
    return separableFilter(image, rows: GaussianFilter.halfKernel(sigma: 1), columns: [1])
  }

  /// Compares every frame with the mean, moves it, and forms the next mean.
  mutating func refine(_ series: FrameSeries, movesLines: Bool, _ step: () throws -> Void) throws {
    let references = Dictionary(uniqueKeysWithValues: sums.keys.map { ($0, reference(for: $0)) })
    let seesDrift = settings.correctsDrift && Set(sums.keys.map { $0 % 2 }).count == 2
    var next: [Int: FrameSum] = [:]
    for number in paths.indices {
      try step()
      guard used.contains(number) else { continue }
      let frame = try series.frame(number)
      let turns = paths[number].quarterTurns
      let fits = LineFit.lines(
        of: frame, displacements: paths[number].scanned(lines: lines), reference: references[turns]!,
        box: box.turned(quarters: -turns, frameWidth: frameWidth, frameHeight: lines))
      move(number, fits, seesDrift: seesDrift, movesLines: movesLines)
      add(frame, number: number, to: &next)
    }
    sums = next
  }

  private mutating func move(_ number: Int, _ fits: [LineFit], seesDrift: Bool, movesLines: Bool) {
    var sum = LineFit()
    for fit in fits { sum += fit }
    guard let (shift, variance) = sum.solution else { return }
    var (offset, slope) = (shift, Point.zero)
    if seesDrift, let line = Self.straightLine(fits) { (offset, slope) = line }
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

  /// Displacement at the middle line and its change a line, by least squares over all lines.
  private static func straightLine(_ fits: [LineFit]) -> (offset: Point, slope: Point)? {
    var matrix = Matrix<Double>(rows: 4, columns: 4, filling: 0)
    var right = [Double](repeating: 0, count: 4)
    let middle = Double(fits.count - 1) / 2
    let scale = max(1, middle)
    for (line, fit) in fits.enumerated() {
      let t = (Double(line) - middle) / scale
      for (i, j, factor) in [(0, 0, 1), (0, 2, t), (2, 0, t), (2, 2, t * t)] {
        matrix[i, j] += factor * fit.xx
        matrix[i, j + 1] += factor * fit.xy
        matrix[i + 1, j] += factor * fit.xy
        matrix[i + 1, j + 1] += factor * fit.yy
      }
      right[0] += fit.b.x
      right[1] += fit.b.y
      right[2] += t * fit.b.x
      right[3] += t * fit.b.y
    }
    guard let x = matrix.solvedPositive(right), x.allSatisfy(\.isFinite) else { return nil }
    return (Point(x[0], x[1]), Point(x[2], x[3]) / scale)
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
        "\(series.name): no pixel is covered by half of the frames; choose fewer with \(setting("frames"))")
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
      }, warnings: warnings)
  }
}
