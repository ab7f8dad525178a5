import TesseraNumerics

/// The cells of a lattice that may reach into a frame, as a block of indices.
package struct FrameCells {
  package let i, j: ClosedRange<Int>
  var count: Int { i.count * j.count }
  func index(_ i: Int, _ j: Int) -> Int { (i - self.i.lowerBound) * self.j.count + j - self.j.lowerBound }

  package init(a: Point, b: Point, origin: Point, frame: Frame, margin: Double) {
    let corners = [
      Point(-margin, -margin), Point(Double(frame.width) + margin, -margin),
      Point(-margin, Double(frame.height) + margin),
      Point(Double(frame.width) + margin, Double(frame.height) + margin),
    ]
    let area = a.cross(b)
    let alongA = corners.map { ($0 - origin).cross(b) / area }
    let alongB = corners.map { a.cross($0 - origin) / area }
    // Two cells more for columns inside a cell and for neighbours.
    i = Int(alongA.min()!.rounded(.down)) - 2...Int(alongA.max()!.rounded(.up)) + 2
    j = Int(alongB.min()!.rounded(.down)) - 2...Int(alongB.max()!.rounded(.up)) + 2
  }
}
