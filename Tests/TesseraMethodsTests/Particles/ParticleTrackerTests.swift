import Foundation
import TesseraMethods
import TesseraNumerics
import Testing

/// Discs of given places and radii in images of 200 x 160 pixels.
struct `Particles followed through a series` {
  private typealias Disc = (x: Double, y: Double, radius: Double)

  private func frame(_ discs: [Disc]) -> ParticleTracker.Frame {
    var labels = Raster<UInt16>(width: 200, height: 160, filling: 0)
    for y in 0..<160 {
      for x in 0..<200 {
        for (number, disc) in discs.enumerated()
        where hypot(Double(x) - disc.x, Double(y) - disc.y) <= disc.radius { labels[x, y] = UInt16(number + 1) }
      }
    }
    let rows = discs.enumerated().map { number, disc in
      ParticleRecord.Row(
        id: number + 1, centroid: Point(disc.x, disc.y), area: .pi * disc.radius * disc.radius, areaError: 4)
    }
    return .init(labels: labels, mask: labels.map { $0 > 0 }, particles: rows)
  }

  private func tracker(_ frames: [[Disc]]) throws -> ParticleTracker {
    var tracker = ParticleTracker()
    for discs in frames { try tracker.add(frame(discs)) }
    return tracker
  }

  @Test func `keep their tracks under drift, in whatever order they are listed`() throws {
    let first: [Disc] = [(40, 40, 12), (100, 50, 15), (150, 110, 10)]
    let second = first.reversed().map { Disc($0.x + 23, $0.y - 17, $0.radius) }
    let tracker = try tracker([first, second])
    #expect(tracker.drifts.count == 1 && (tracker.drifts[0] - Point(23, -17)).length < 0.01)
    #expect(tracker.tracks.map { $0.steps.map(\.particle.id) } == [[1, 3], [2, 2], [3, 1]])
    #expect(tracker.tracks.allSatisfy { $0.beginning == .first && $0.ending == .last })
  }

  @Test func `that join, divide, come and go are told apart`() throws {
    let joined = try tracker([
      [(60, 60, 14), (90, 60, 10), (150, 120, 12)], [(68, 60, 18), (150, 120, 12)],
    ])
    #expect(joined.tracks.map(\.ending) == [.last, .joins(1), .last])
    #expect(joined.tracks[0].breaks == [1] && joined.tracks[0].growth == nil)
    let divided = try tracker([
      [(68, 60, 22), (150, 120, 12), (30, 130, 9)], [(60, 60, 14), (83, 60, 8), (150, 120, 12), (30, 130, 9)],
    ])
    #expect(divided.tracks.map(\.beginning) == [.first, .first, .first, .dividesFrom(1)])
    #expect(divided.tracks[0].steps.count == 2)
    let changed = try tracker([[(40, 40, 12), (100, 50, 15)], [(40, 40, 12), (150, 110, 10)]])
    #expect(changed.tracks.map(\.ending) == [.last, .vanishes, .last])
    #expect(changed.tracks.map(\.beginning) == [.first, .first, .appears])
  }

  @Test func `are the same after an image without particles`() throws {
    let discs: [Disc] = [(40, 40, 12), (100, 50, 15), (150, 110, 10)]
    let gap = try tracker([discs, [], discs, []])
    #expect(gap.emptyImages == [1, 3] && gap.drifts.count == 3)
    #expect(gap.tracks.map { $0.steps.map(\.image) } == [[0, 2], [0, 2], [0, 2]])
    // None is in the last image.
    #expect(gap.tracks.map(\.ending) == [.vanishes, .vanishes, .vanishes])
    #expect(try tracker([discs, [], discs]).tracks.allSatisfy { $0.ending == .last && $0.beginning == .first })
  }

  @Test func `that move by up to a diameter are followed, and those that leave the image end at its border`() throws {
    let tracker = try tracker([
      [(40, 40, 12), (100, 50, 15), (150, 110, 10), (190, 80, 9)],
      [(50, 40, 12), (110, 50, 15), (174, 110, 10)],
    ])
    #expect(tracker.tracks[2].steps.count == 2)
    #expect(tracker.tracks[3].ending == .border)
  }

  /// A particle of 20 px that grows by .5 px per image, with errors of the diameters of .13 px.
  @Test func `have the growth that was planted, and none where there is none`() throws {
    let tracker = try tracker(
      (0..<8).map { number in [(60, 60, 10 + 0.25 * Double(number)), (140, 100, 14), (50, 120, 12)] })
    let growth = try #require(tracker.tracks[0].growth)
    #expect(abs(growth.rate - 0.5) < 1e-9 && growth.error > 0.01 && growth.error < 0.05, "\(growth)")
    let still = try #require(tracker.tracks[1].growth)
    #expect(abs(still.rate) < 1e-9 && still.error > 0)
  }

  @Test func `of images without particles are no tracks, and images of other sizes are refused`() throws {
    #expect(try tracker([[], []]).tracks.isEmpty)
    #expect(try tracker([[], [(40, 40, 12)], []]).tracks.map(\.ending) == [.vanishes])
    var tracker = try tracker([[(40, 40, 12)]])
    let small = Raster<UInt16>(width: 10, height: 10, filling: 0)
    let error = #expect(throws: DataError.self) {
      try tracker.add(.init(labels: small, mask: small.map { _ in false }, particles: []))
    }
    #expect(error?.description.contains("10 x 10 pixels, the one before 200 x 160") == true)
  }
}
