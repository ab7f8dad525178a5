import Foundation
import TesseraImaging
import TesseraNumerics
import Testing

private func rootMeanSquare(_ points: [Point]) -> Double {
  (points.reduce(0) { $0 + $1.squaredLength } / Double(points.count)).squareRoot()
}

struct `Rigid registration` {
  @Test func `recovers shifts to two hundredths of a pixel`() throws {
    let lattice = ScannedLattice()
    let shifts = [Point(0, 0), Point(1.37, -0.62), Point(-2.21, 3.4), Point(4.9, 0.18), Point(-0.45, -5.55)]
    var registration = Registration()
    registration.correctsDrift = false  // The frames jump; none of them is sheared.
    let series = FrameSeries(shifts.enumerated().map { lattice.still($1, seed: UInt64($0)) }, name: "shifted")
    let result = try registration.registered(series)
    for (record, shift) in zip(result.record.frames, shifts) {
      #expect(record.isUsed)
      #expect((record.shift - shift).length < 0.02, "frame \(record.frame): \(record.shift), not \(shift)")
      #expect(record.shiftError.length > 1e-4 && record.shiftError.length < 0.02)
    }
    #expect(result.mean.width < 160 && result.mean.width > 148)
    #expect(result.coverage.values.allSatisfy { $0 >= 4 })
  }

  /// Five frames average their noise: the mean differs from the noise-free image by √(1/5) of one frame's deviation.
  @Test func `averages without blurring`() throws {
    var lattice = ScannedLattice()
    let shifts = [Point(0, 0), Point(0.5, 0.5), Point(-1.25, 0.75), Point(2.5, -1.5), Point(0.3, 1.1)]
    let frames = shifts.enumerated().map { lattice.still($1, seed: UInt64($0)) }
    var registration = Registration()
    registration.correctsDrift = false
    let result = try registration.registered(FrameSeries(frames, name: "shifted"))
    lattice.counts = nil
    // The noise-free image where the mean has it.
    let truth = lattice.still(-result.record.origin, seed: 0)
    var (sum, count) = (0.0, 0)
    for y in 8..<result.mean.height - 8 {
      for x in 8..<result.mean.width - 8 where truth[x, y] > 0.1 {
        let expected = 1000 * Double(truth[x, y])
        sum += pow(Double(result.mean[x, y]) - expected, 2) / (expected / 5)
        count += 1
      }
    }
    // Interpolation joins the noise of neighbours, which takes up to a third of its power; blur would add to it.
    #expect(sum / Double(count) < 1.1)
    #expect(sum / Double(count) > 0.5)
  }

  @Test func `takes the shear of an even drift out`() throws {
    let lattice = ScannedLattice()
    let rate = Point(0.010, -0.007)
    let frames = (0..<6).map { frame in
      lattice.frame(
        (0..<160).map { rate * (Double(frame * 160 + $0) - 79.5) }, seed: UInt64(frame))
    }
    let result = try Registration().registered(FrameSeries(frames, name: "drifting"))
    for record in result.record.frames {
      // A shift of .01 px over two frames of 160 lines is 5e-5 a line.
      #expect((record.drift / 160 - rate).length < 1e-4)
    }
    var kept = Registration()
    kept.correctsDrift = false
    #expect(try kept.registered(FrameSeries(frames, name: "drifting")).record.drift == .zero)
  }

  @Test func `leaves out a frame that shows something else`() throws {
    let lattice = ScannedLattice()
    var frames = (0..<5).map { lattice.still(Point(0.4 * Double($0), 0.3), seed: UInt64($0)) }
    frames[2] = frames[2].map { _ in 3 }
    let result = try Registration().registered(FrameSeries(frames, name: "gap"))
    #expect(result.record.frames.map(\.isUsed) == [true, true, false, true, true])
    #expect(result.warnings.contains { $0.contains("frame 2 does not show") })
    #expect(result.record.usedCount == 4)
  }

  /// All lattice vectors are equal, and the specimen moves by a tenth of one a frame.
  @Test(arguments: [UInt64(1), 2, 3]) func `of a perfect lattice takes the small steps and says so`(seed: UInt64) throws
  {
    let lattice = ScannedLattice(counts: 20, contrast: 0)
    let step = Point(1, 0.5)
    let frames = (0..<6).map { lattice.still(Double($0) * step, seed: 100 * seed + UInt64($0)) }
    var registration = Registration()
    registration.correctsDrift = false
    let result = try registration.registered(FrameSeries(frames, name: "perfect"))
    for record in result.record.frames {
      #expect(record.isUsed && (record.shift - Double(record.frame) * step).length < 0.1)
    }
    // The shorter lattice vector.
    #expect(result.warnings.contains { $0.contains("as well if shifted by a further 11.2 px") })
    let defects = ScannedLattice(counts: 20)
    let clear = (0..<6).map { defects.still(Double($0) * step, seed: 100 * seed + UInt64($0)) }
    #expect(try registration.registered(FrameSeries(clear, name: "clear")).warnings.isEmpty)
  }

  @Test func `leaves out a frame of another crystal`() throws {
    let lattice = ScannedLattice(counts: 20)
    let shifts = (0..<6).map { Point(0.4 * Double($0), 0.3) }
    var frames = shifts.enumerated().map { lattice.still($1, seed: UInt64($0)) }
    frames[3] = ScannedLattice(counts: 20, a: Point(13, 4), b: Point(-4, 13)).still(.zero, seed: 3)
    var registration = Registration()
    registration.correctsDrift = false
    let result = try registration.registered(FrameSeries(frames, name: "stranger"))
    #expect(result.record.frames.map(\.isUsed) == [true, true, true, false, true, true])
    let named = FrameSeries(count: 6, width: frames[0].width, height: frames[0].height, name: "part") {
      "frame \(10 + $0)"
    } read: {
      frames[$0]
    }
    #expect(try registration.registered(named).warnings.contains { $0.hasPrefix("frame 13 does not show") })
    #expect(result.warnings.contains { $0.contains("frame 3 does not show the structure of the other frames") })
    for record in result.record.frames where record.isUsed {
      #expect((record.shift - (shifts[record.frame] - shifts[0])).length < 0.1)
    }
    #expect(result.mean.width > 150)
  }

  /// Turned by 0.2 degrees a frame: 1.2 degrees are 2.4 px at the corners of 160 px, half of it on each side of the mean.
  @Test func `says that frames are turned`() throws {
    var lattice = ScannedLattice(counts: 50)
    let frames = (0..<7).map { frame -> Raster<Float> in
      lattice.turn = 0.2 * Double(frame) * .pi / 180
      return lattice.still(Point(0.3 * Double(frame), 0), seed: UInt64(frame))
    }
    var registration = Registration()
    registration.correctsDrift = false
    let result = try registration.registered(FrameSeries(frames, name: "turned"))
    #expect(result.record.usedCount == 7)
    let sentence = try #require(result.warnings.first { $0.contains("turned against each other by up to about") })
    let angle = try #require(sentence.split(separator: " ").compactMap { Double($0) }.first)
    // The mean is blurred where frames are turned, so that its slopes are too small and the angle up to a tenth too large.
    #expect(abs(angle - 1.2) < 0.15, "\(sentence)")
  }

  /// Few counts: noise is most of the slopes of a frame, and much of those of the mean.
  @Test(arguments: [2.0, 10]) func `states the errors that shifts have`(counts: Double) throws {
    let lattice = ScannedLattice(counts: counts)
    var registration = Registration()
    registration.correctsDrift = false
    var random = RandomSource(seed: 4)
    var squares: [Double] = []
    for seed in 0..<4 {
      let shifts = (0..<8).map { _ in 1.2 * Point(random.gaussian(), random.gaussian()) }
      let frames = shifts.enumerated().map { lattice.still($1, seed: UInt64(100 * seed + $0)) }
      let records = try registration.registered(FrameSeries(frames, name: "noisy")).record.frames
      let errors = zip(records, shifts).map { $0.shift - $1 }
      let mean = errors.reduce(Point.zero, +) / 8
      for (record, error) in zip(records, errors) {
        squares.append(pow((error - mean).x / record.shiftError.x, 2) * 8 / 7)
        squares.append(pow((error - mean).y / record.shiftError.y, 2) * 8 / 7)
      }
    }
    // The mean of 64 squares of normal deviates scatters by 0.18 (56 of them are independent: 0.19).
    let mean = Statistics.mean(squares)
    #expect(mean > 0.5 && mean < 1.6, "\(mean)")
  }

  @Test func `says what cannot be registered`() throws {
    let frame = ScannedLattice(size: 64).still(.zero, seed: 1)
    let smaller = ScannedLattice(size: 60).still(.zero, seed: 1)
    func sentence(_ frames: [Raster<Float>], _ change: (inout Registration) -> Void = { _ in }) -> String {
      var registration = Registration()
      change(&registration)
      do {
        _ = try registration.registered(FrameSeries(frames, name: "s.tif"))
        return ""
      } catch { return "\(error)" }
    }
    #expect(sentence([frame, smaller]).contains("frame 1 has 60 x 60 pixels and frame 0 has 64 x 64"))
    #expect(sentence([frame]).contains("has one frame, but registration needs two or more; leave out “register”"))
    let flat = Raster<Float>(width: 64, height: 64, filling: 5)
    #expect(sentence([flat, flat, flat]).contains("no two of its 3 frames show the same structure"))
    let tiny = Raster<Float>(width: 8, height: 8, filling: 5)
    #expect(sentence([tiny, tiny]).contains("too small") && !sentence([tiny, tiny]).contains("axis"))
    // An array of (height, width, frames) read as if the frames came first.
    let slices = [Raster<Float>](repeating: Raster(width: 5, height: 40, filling: 5), count: 40)
    #expect(sentence(slices).contains("read the file with “frame axis = last”"))
    // Files are not frames to choose from, and what labels them averages nothing.
    func advice(_ remedies: FrameSeries.Remedies, _ frames: [Raster<Float>]) -> String {
      let series = FrameSeries(
        count: frames.count, width: 64, height: 64, name: "2 images", remedies: remedies
      ) { frames[$0] }
      do { _ = try Registration().registered(series) } catch { return "\(error)" }
      return ""
    }
    #expect(
      advice([], [flat, flat]).contains("no two of its 2 frames show")
        && !advice([], [flat, flat]).contains("register"))
    #expect(advice([.averaging], [flat, flat]).contains("only “register = none” averages them"))
    #expect(advice([], [frame, smaller]).hasSuffix("crop the frames to one size"))
    #expect(sentence([frame, frame]) { $0.scanAngles = [0, 45] }.contains("multiples of 90"))
    let oblong = frame.cropped(x: 0, y: 0, width: 64, height: 50)
    #expect(sentence([oblong, oblong]) { $0.scanAngles = [0, 90] }.contains("squares"))
  }
}

struct `Registration of lines` {
  /// Frames with jitter along the lines and a slow error; returns frames and what the lines were moved by. Frames of one
  /// direction move along their lines alone, so that line k of all frames shows one line of the specimen.
  private func series(_ angles: [Int], count: Int) -> (frames: [Raster<Float>], truth: [[Point]]) {
    let lattice = ScannedLattice()
    var random = RandomSource(seed: 9)
    let truth = (0..<count).map { frame -> [Point] in
      let turns = angles[frame % angles.count] / 90
      let (phase, far) = (6 * random.uniform(), 1.2 * Point(random.gaussian(), random.gaussian()))
      return (0..<160).map { line in
        let slow = Point(0.4 * sin(phase + Double(line) / 30), 0.3 * cos(2 * phase + Double(line) / 40))
        let jitter = 0.7 * random.gaussian()
        let smooth = angles.count == 1 ? Point((far + slow).x, 0) : far + slow
        return smooth + (turns == 0 ? Point(jitter, 0) : Point(0, jitter))
      }
    }
    let frames = truth.enumerated().map { frame, lines in
      lattice.frame(lines, quarterTurns: angles[frame % angles.count] / 90, seed: UInt64(frame))
    }
    return (frames, truth)
  }

  @Test func `recovers jitter up to what all frames share`() throws {
    let (frames, truth) = series([0], count: 8)
    var registration = Registration()
    registration.mode = .rows
    registration.correctsDrift = false
    let result = try registration.registered(FrameSeries(frames, name: "jitter"))
    // What no comparison of the frames can show: the mean error of their line.
    var errors: [Point] = []
    for line in 15..<145 {
      let off = (0..<8).map { result.displacements[$0][line] - truth[$0][line] }
      let shared = off.reduce(Point.zero, +) / 8
      errors += off.map { $0 - shared }
    }
    #expect(rootMeanSquare(errors) < 0.08)
    // Jitter of .7 px; the estimate from 160 lines of 8 frames scatters by 2 %, the smooth trend takes 3 % of it.
    #expect(abs(result.record.jitter - 0.7) < 0.07)
    #expect(abs(result.record.sharedJitter - 0.7 / 8.0.squareRoot()) < 0.03)
  }

  @Test func `of two directions recovers jitter altogether`() throws {
    let (frames, truth) = series([0, 90], count: 8)
    var registration = Registration()
    registration.mode = .rows
    registration.scanAngles = [0, 90]
    let result = try registration.registered(FrameSeries(frames, name: "pairs"))
    let errors = (0..<8).map { frame in (20..<140).map { result.displacements[frame][$0] - truth[frame][$0] } }
    // The frame of reference is free.
    let all = errors.flatMap { $0 }
    let mean = all.reduce(Point.zero, +) / Double(all.count)
    #expect(rootMeanSquare(all.map { $0 - mean }) < 0.1)
    #expect(result.record.isOrthogonal && result.record.sharedJitter == 0)
  }
}

struct `Interpolation by a windowed sinc` {
  /// The bound that its documentation states.
  @Test(arguments: [(0.05, 0.0007), (0.1, 0.0007), (0.25, 0.0007), (0.3, 0.025), (0.35, 0.12)])
  func `keeps waves`(frequency: Double, bound: Double) {
    let wave = (0..<120).map { Float(cos(2 * .pi * frequency * Double($0))) }
    for offset in [0.1, 0.25, 0.5, 0.77, 3.5] {
      var shifted = [Float](repeating: 0, count: 100)
      var output = shifted.mutableSpan
      WindowedSinc.shift(wave.span, by: offset + 6, into: &output)
      for x in 0..<100 {
        let expected = cos(2 * .pi * frequency * (Double(x) + 6 + offset))
        #expect(abs(Double(shifted[x]) - expected) < bound)
      }
    }
  }
}
