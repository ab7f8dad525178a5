import Foundation
import TesseraNumerics
import TesseraSegmentation
import Testing

@Suite("Outlines of particles") struct OutlineTests {
  private func outline(_ width: Int, _ height: Int, _ shape: (Point) -> Bool) -> Outline {
    Outline(of: DigitalShape.mask(width: width, height: height, shape).region, width: width)
  }

  @Test(arguments: [6.0, 12, 25]) func `of discs have their length and their area`(radius: Double) {
    var random = RandomSource(seed: 21)
    var (lengths, areas): ([Double], [Double]) = ([], [])
    for _ in 0..<40 {
      let centre = Point(35 + random.uniform(), 35 + random.uniform())
      let found = outline(70, 70, DigitalShape.disc(centre, radius: radius))
      lengths.append(found.length / (2 * .pi * radius) - 1)
      areas.append(found.area / (.pi * radius * radius) - 1)
      #expect(found.lines.joined().allSatisfy { abs(($0 - centre).length - radius) < 0.8 })
      #expect(found.hullArea >= found.area - 1e-9)
    }
    #expect(abs(Statistics.mean(lengths)) < 0.015)
    #expect(abs(Statistics.mean(areas)) < 0.01)
  }

  @Test func `run around holes, not into them`() {
    let ring = outline(60, 60) { (11...22).contains(($0 - Point(30, 30)).length) }
    #expect(abs(ring.length / (2 * .pi * 22) - 1) < 0.02)
    #expect(abs(ring.area / (.pi * 22 * 22) - 1) < 0.02)
  }

  @Test func `run around each piece, and one hull around all`() {
    let (left, right) = (DigitalShape.disc([20.2, 20.4], radius: 12), DigitalShape.disc([60.3, 20.1], radius: 8))
    let found = outline(80, 40) { left($0) || right($0) }
    #expect(found.lines.count == 2)
    #expect(abs(found.length / (2 * .pi * 20) - 1) < 0.02)
    #expect(abs(found.area / (.pi * (144 + 64)) - 1) < 0.02)
    // Two half discs, and a quadrangle between the centres, which are 40.1 pixels apart: the sides touch both discs.
    let (apart, tilt) = (40.1, asin(4 / 40.1))
    let hull = (.pi / 2 + tilt) * 144 + (.pi / 2 - tilt) * 64 + apart * cos(tilt) * 20
    #expect(abs(found.hullArea / hull - 1) < 0.02)
    // An island in a hole lies inside the outline.
    let island = outline(60, 60) { (11...22).contains(($0 - Point(30, 30)).length) || ($0 - Point(30, 30)).length < 5 }
    #expect(island.lines.count == 1 && abs(island.length / (2 * .pi * 22) - 1) < 0.02)
  }

  @Test func `are whole where a region fills the image`() {
    let found = outline(40, 20) { _ in true }
    // Corners are rounded.
    #expect(abs(found.length - 120) < 4)
    #expect(abs(found.area - 800) < 4)
    #expect(found.lines.joined().allSatisfy { $0.x > -0.7 && $0.x < 39.7 && $0.y > -0.7 && $0.y < 19.7 })
  }

  @Test func `of a pixel are none, and their numbers finite`() {
    let found = Outline(of: [0], width: 5)
    #expect(found.lines.isEmpty && found.length == 0)
    #expect(found.area.isFinite && found.hullArea.isFinite)
  }

  @Test func `are closed: each corner is less than two pixels from the next`() {
    var random = RandomSource(seed: 22)
    // A ragged region with saddles: half of the pixels of a disc.
    let isIn = (0..<900).map { _ in random.uniform() < 0.6 }
    let found = outline(30, 30) { ($0 - Point(15, 15)).length < 12 && isIn[Int($0.y) * 30 + Int($0.x)] }
    #expect(found.lines.contains { $0.count > 20 })
    for line in found.lines {
      for (index, corner) in line.enumerated() {
        #expect((line[(index + 1) % line.count] - corner).length < 1.5)
      }
    }
  }
}

@Suite("Lines of equal height") struct ContourTracerTests {
  @Test func `of a cone are circles`() {
    var cone = Raster<Float>(width: 61, height: 61, filling: 0)
    for y in 0..<61 {
      for x in 0..<61 { cone[x, y] = Float(25 - Point(Double(x - 30), Double(y - 30)).length) }
    }
    for level in [2, 7.5, 20] as [Float] {
      let line = ContourTracer.longest(of: cone, level: level)
      let radius = 25 - Double(level)
      #expect(line.allSatisfy { abs(($0 - Point(30, 30)).length - radius) < 0.06 })
      let length = line.indices.reduce(0.0) { $0 + (line[($1 + 1) % line.count] - line[$1]).length }
      #expect(abs(length / (2 * .pi * radius) - 1) < 0.01)
    }
  }

  @Test func `are the longest one of several, and none where nothing is that high`() {
    var image = Raster<Float>(width: 40, height: 20, filling: 0)
    for y in 5..<9 { for x in 3..<7 { image[x, y] = 1 } }
    for y in 4..<16 { for x in 15..<33 { image[x, y] = 1 } }
    let line = ContourTracer.longest(of: image, level: 0.5)
    #expect(line.allSatisfy { $0.x > 14 } && line.count == 2 * (12 + 18))
    #expect(ContourTracer.longest(of: image, level: 1.5).isEmpty)
  }

  @Test func `join or part two corners that meet, by the height between them`() {
    var image = Raster<Float>(width: 6, height: 6, filling: 0)
    for (x, y) in [(1, 1), (2, 1), (1, 2), (2, 2), (3, 3), (4, 3), (3, 4), (4, 4)] { image[x, y] = 1 }
    // Pixels (2, 2) and (3, 3) meet at a corner of mean height ½.
    #expect(ContourTracer.longest(of: image, level: 0.45).count == 16)
    #expect(ContourTracer.longest(of: image, level: 0.55).count == 8)
  }
}
