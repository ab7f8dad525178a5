import TesseraImaging
import TesseraNumerics
import Testing

struct `Registration of frames scanned along x and along y` {
  /// Drift bends frames of both directions differently, by a fifth of a lattice vector at their edges; frames left out, and places a lattice
  /// vector off, were the result.
  @Test(arguments: [Point(1.6, -1), Point(2.2, -1.4), Point(2.8, -1.8)])
  func `holds where the specimen drifts`(drift: Point) throws {
    let lattice = ScannedLattice(counts: 100, contrast: 0.4)
    let frames = (0..<8).map { frame in
      lattice.frame(
        (0..<160).map { drift / 160 * (Double(frame * 160 + $0) - 79.5) }, quarterTurns: frame % 2, seed: UInt64(frame))
    }
    var registration = Registration()
    registration.scanAngles = [0, 90]
    let result = try registration.registered(FrameSeries(frames, name: "drifting"))
    #expect(result.warnings.isEmpty)
    for record in result.record.frames {
      #expect(record.isUsed)
      #expect((record.shift - Double(record.frame) * drift).length < 0.1, "frame \(record.frame): \(record.shift)")
      #expect((record.drift - drift).length < 0.1, "frame \(record.frame): \(record.drift)")
    }
  }
}
