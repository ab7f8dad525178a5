import Foundation
import TesseraImaging
import TesseraNumerics

/// How a series of frames is scanned while the specimen moves.
///
/// Lines follow each other without a pause, line k of frame f at the time t = f H + k (H lines a frame). When it is scanned,
/// the specimen has moved by
///
///     d(t) = drift t / (H − 1) + W(t) + s(f, k) + j(f, k) e,
///
/// where W is a random walk that starts at zero, s a smooth error of the scan of each frame, and j the jitter of each line
/// along the direction e in which it is scanned. Drift and jitter are those of the `ImageModel`.
public struct FrameSeriesModel: Sendable, Codable, Equatable {
  /// Number of frames, 1 or more.
  public var frames = 20
  /// Standard deviation of the random walk after the time of one frame, each axis, in pixels; 0 or more.
  public var walk = 0.0
  /// Standard deviation of the slow error of the scan, each axis, in pixels; 0 or more.
  public var distortion = 0.0
  /// Lines over which the slow error changes: the standard deviation of the Gaussian that smooths it; positive.
  public var distortionLines = 100.0
  /// Direction of the fast scan of the frames in turn, in degrees from +x towards +y; multiples of 90.
  public var scanAngles = [0]

  /// Twenty frames, all scanned along +x, of a specimen that moves only by the drift of the `ImageModel`.
  public init() {}

  func check(_ frame: Frame) throws(ParameterError) {
    try require((1...10_000).contains(frames), setting("frames"), is: frames, mustBe: "between 1 and 10,000")
    try require(walk >= 0 && walk.isFinite, setting("walk"), is: walk, mustBe: "0 or more, in pixels")
    try require(
      distortion >= 0 && distortion.isFinite, setting("distortion"), is: distortion, mustBe: "0 or more, in pixels")
    try require(distortionLines > 0, "distortion lines", is: distortionLines, mustBe: "positive")
    let angles = scanAngles.map { "\($0)" }.joined(separator: ",")
    try require(
      !scanAngles.isEmpty && scanAngles.allSatisfy { $0.isMultiple(of: 90) && abs($0) <= 360 }, setting("scan angle"),
      is: angles, mustBe: "multiples of 90 degrees")
    try require(
      frame.width == frame.height || scanAngles.allSatisfy { $0.isMultiple(of: 180) }, setting("size"),
      is: "\(frame.width) x \(frame.height)", mustBe: "square where frames are scanned along y")
  }

  /// Quarter turns from +x towards +y of the fast scan of a frame, 0 ... 3.
  func quarterTurns(of frame: Int) -> Int {
    let turns = scanAngles[frame % scanAngles.count] / 90
    return ((turns % 4) + 4) % 4
  }

  /// How far the specimen has moved while each line of each frame was scanned, along x and y of the specimen, jitter and scan
  /// errors included; `displacements[frame][line]`, in pixels.
  func displacements(lines: Int, imaging: ImageModel, seed: UInt64) -> [[Point]] {
    let perLine = imaging.drift / Double(max(1, lines - 1))
    let walkStep = walk / Double(lines).squareRoot()
    var walker = RandomSource(seed: seed, stream: RandomStream.walk)
    var walked = Point.zero
    return (0..<frames).map { frame in
      var jitterer = RandomSource(seed: Self.seed(seed, frame), stream: RandomStream.jitter)
      let slow = slowErrors(lines: lines, seed: Self.seed(seed, frame))
      let along = Point(1, 0).turned(quarters: quarterTurns(of: frame))
      return (0..<lines).map { line in
        let time = Double(frame * lines + line)
        if walkStep > 0 { walked += walkStep * Point(walker.gaussian(), walker.gaussian()) }
        let jitter = imaging.jitter > 0 ? imaging.jitter * jitterer.gaussian() : 0
        return time * perLine + walked + slow[line] - jitter * along
      }
    }
  }

  /// A smooth random path of the standard deviation `distortion`.
  private func slowErrors(lines: Int, seed: UInt64) -> [Point] {
    guard distortion > 0 else { return [Point](repeating: .zero, count: lines) }
    var random = RandomSource(seed: seed, stream: RandomStream.distortion)
    let reach = Int((4 * distortionLines).rounded(.up))
    let kernel = (-reach...reach).map { exp(-Double($0 * $0) / (2 * distortionLines * distortionLines)) }
    let norm = distortion / kernel.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let noise = (0..<lines + 2 * reach).map { _ in Point(random.gaussian(), random.gaussian()) }
    return (0..<lines).map { line in
      kernel.indices.reduce(Point.zero) { $0 + norm * kernel[$1] * noise[line + $1] }
    }
  }

  /// Seed of what a frame draws for itself; that of the first frame is the simulation's.
  static func seed(_ seed: UInt64, _ frame: Int) -> UInt64 { seed &+ UInt64(frame) &* 0x9E37_79B9_7F4A_7C15 }
}

extension Simulation {
  /// A series of frames of the specimen. `sites` and planes of the result are those of the specimen as it lies when the
  /// first line is scanned; `micrograph` is the first frame.
  public func run(series: FrameSeriesModel) throws(ParameterError) -> SimulatedSeries {
    try frame.check()
    try imaging.check()
    try series.check(frame)
    try require(
      imaging.contamination == 0, setting("contamination"), is: imaging.contamination, mustBe: "0 in a series of frames"
    )
    let displacements = series.displacements(lines: frame.height, imaging: imaging, seed: seed)
    let farthest = displacements.joined().map(\.length).max() ?? 0
    let request = SceneRequest(
      frame: frame, columnSigma: imaging.columnSigma / frame.nanometresPerPixel,
      reach: imaging.reach(in: frame) + farthest, seed: seed)
    let scene = try specimen.scene(for: request)
    var result = SimulatedSeries(
      simulation: self, model: series, displacements: displacements, scene: scene,
      brightest: imaging.brightestPixel(of: scene, in: frame))
    result.first = result.frame(0)
    return result
  }
}
