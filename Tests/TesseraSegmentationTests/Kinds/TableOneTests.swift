import TesseraNumerics
import TesseraSegmentation
import TesseraSimulation
import Testing

/// [S21], Table I: plane groups of one row have one Patterson symmetry, so that translations have difficulty to tell them apart; point
/// groups do.
struct `Plane groups of one Patterson symmetry` {
  /// The largest score of some operations anywhere in a perfect crystal.
  private func score(_ group: String, _ operations: [PointGroupDescriptor.Operation]) throws -> Float {
    let made = try simulated("plane-group", seed: 1) {
      ($0.width, $0.height, $0.group, $0.counts) = (400, 400, group, .infinity)
    }
    let image = made.micrograph.pixels
    let maps = PointGroupDescriptor(radius: 40, operations: operations)
      .maps(of: image, on: DescriptorGrid(width: 400, height: 400, stride: 2))
    return maps.flatMap(\.values).max() ?? 0
  }

  @Test(
    .slow,
    arguments: [
      ("p1", "p2"), ("pm", "pmm"), ("pg", "pgg"), ("cm", "cmm"), ("p3", "p6"), ("p3m1", "p6m"), ("p31m", "p6m"),
    ] as [(String, String)])
  func `differ by their turns by 180 degrees`(without: String, with: String) throws {
    let (low, high) = (
      try score(without, [.rotation(degrees: 180)]), try score(with, [.rotation(degrees: 180)])
    )
    #expect(high > 0.95 && low < high - 0.05, "\(low), \(high)")
  }

  @Test(.slow, arguments: [("pg", "pm"), ("p4g", "p4m")] as [(String, String)])
  func `differ by their mirror planes where a glide takes the place of one`(without: String, with: String) throws {
    let planes = [PointGroupDescriptor.Operation.reflection(degrees: 0), .reflection(degrees: 90)]
    let (low, high) = (try score(without, planes), try score(with, planes))
    #expect(high > 0.95 && low < high - 0.05, "\(low), \(high)")
  }
}
