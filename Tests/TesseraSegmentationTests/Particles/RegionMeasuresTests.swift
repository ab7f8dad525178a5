import Foundation
import TesseraNumerics
import TesseraSegmentation
import TestSupport
import Testing

@Suite("Measures of particles") struct RegionMeasuresTests {
  /// Errors below which 95 of 100 shapes stay.
  struct Limits: Sendable {
    var diameter, area, aspect, circularity, solidity, polygonArea: Double
  }

  static let limits = [
    Limits(diameter: 20, area: 0.015, aspect: 0.03, circularity: 0.05, solidity: 0.07, polygonArea: 0.025),
    Limits(diameter: 40, area: 0.007, aspect: 0.01, circularity: 0.02, solidity: 0.04, polygonArea: 0.008),
  ]

  private func measures(_ side: Int, _ shape: (Point) -> Bool) -> RegionMeasures {
    RegionMeasures(of: DigitalShape.mask(width: side, height: side, shape).region, width: side)
  }

  private func usual(_ errors: [Double]) -> Double { Statistics.quantile(errors.map(abs), 0.95) }

  @Test(arguments: limits) func `are those of discs and ellipses laid anywhere`(limits: Limits) {
    var random = RandomSource(seed: 11)
    let side = Int(1.6 * limits.diameter) + 10
    var (areas, aspects, circularities, solidities): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
    for number in 0..<600 {
      // Every other one is a disc.
      let aspect = number.isMultiple(of: 2) ? 1 : 1 + random.uniform()
      let (a, b) = (0.5 * limits.diameter * aspect.squareRoot(), 0.5 * limits.diameter / aspect.squareRoot())
      let centre = Point(Double(side / 2) + random.uniform(), Double(side / 2) + random.uniform())
      let found = measures(
        side, DigitalShape.ellipse(centre, axes: (a, b), angle: .pi * random.uniform()))
      let (area, perimeter) = (.pi * a * b, DigitalShape.perimeter(ofEllipse: a, b))
      areas.append(found.area / area - 1)
      aspects.append(found.aspect / aspect - 1)
      circularities.append(found.circularity * perimeter * perimeter / (4 * .pi * area) - 1)
      solidities.append(found.solidity - 1)
    }
    print(
      "FIGURE", limits.diameter, "area", usual(areas), "aspect", usual(aspects), "circ", usual(circularities), "sol",
      usual(solidities))
    #expect(usual(areas) < limits.area)
    #expect(usual(aspects) < limits.aspect)
    #expect(usual(circularities) < limits.circularity)
    #expect(usual(solidities) < limits.solidity)
    // No trend: what is added for smoothing is right on average.
    #expect(abs(Statistics.mean(areas)) < 0.2 * limits.area)
    #expect(abs(Statistics.mean(circularities)) < 0.5 * limits.circularity)
  }

  @Test(arguments: limits) func `give the area of polygons turned anyhow`(limits: Limits) {
    var random = RandomSource(seed: 12)
    let side = Int(1.6 * limits.diameter) + 10
    let area = .pi * limits.diameter * limits.diameter / 4
    var errors: [Double] = []
    for number in 0..<500 {
      let centre = Point(Double(side / 2) + random.uniform(), Double(side / 2) + random.uniform())
      let found = measures(
        side,
        DigitalShape.polygon(centre, sides: 4 + number % 5, area: area, angle: 2 * .pi * random.uniform()))
      errors.append(found.area / area - 1)
      #expect(found.solidity > 1 - limits.solidity)
    }
    #expect(usual(errors) < limits.polygonArea)
  }

  @Test(arguments: [15.0, 30, 60]) func `state the error of an area laid on the grid`(diameter: Double) {
    var random = RandomSource(seed: 13)
    let side = Int(diameter) + 10
    var (areas, diameters): ([Double], [Double]) = ([], [])
    for _ in 0..<400 {
      let centre = Point(Double(side / 2) + random.uniform(), Double(side / 2) + random.uniform())
      let found = measures(side, DigitalShape.disc(centre, radius: diameter / 2))
      areas.append((found.area - .pi * diameter * diameter / 4) / found.areaError)
      diameters.append((found.equivalentDiameter - diameter) / found.diameterError)
    }
    #expect((0.8...1.2).contains(Statistics.deviation(areas)))
    #expect((0.8...1.2).contains(Statistics.deviation(diameters)))
  }

  @Test(arguments: [-80.0, -30, 0, 20, 60, 85]) func `tell where an ellipse lies and how it is turned`(degrees: Double)
  {
    let centre = Point(40.3, 37.8)
    let found = measures(80, DigitalShape.ellipse(centre, axes: (24, 12), angle: degrees * .pi / 180))
    #expect((found.centroid - centre).length < 0.15)
    #expect(abs(sin(found.orientation - degrees * .pi / 180)) < 0.02)
    #expect((-Double.pi / 2...Double.pi / 2).contains(found.orientation))
    #expect(abs(found.majorAxis / 48 - 1) < 0.01 && abs(found.minorAxis / 24 - 1) < 0.01)
  }

  @Test func `see that a crescent is not convex`() {
    let (whole, bite) = (
      DigitalShape.disc([40, 40], radius: 30), DigitalShape.disc([60, 40], radius: 22)
    )
    let found = measures(80) { whole($0) && !bite($0) }
    #expect(found.solidity < 0.8)
    #expect(found.circularity < 0.6)
  }

  /// A hole takes from the area and moves the axes; what is said of the outline does not know it.
  @Test func `of a disc with a hole have its area and the shape of its outline`() {
    let (whole, hole) = (DigitalShape.disc([40.3, 40.1], radius: 30), DigitalShape.disc([40.3, 40.1], radius: 15))
    let (full, found) = (measures(80, whole), measures(80) { whole($0) && !hole($0) })
    #expect(abs(found.area / (.pi * (900 - 225)) - 1) < 0.01 && found.area + found.holeArea == full.area)
    #expect(full.holeArea == 0)
    #expect(found.perimeter == full.perimeter && found.solidity == full.solidity)
    #expect(found.circularity == full.circularity && abs(found.circularity - 1) < 0.02)
    // The mean square of the distance in a ring is (R² + r²) / 2.
    #expect(abs(found.majorAxis / (2 * (900.0 + 225).squareRoot()) - 1) < 0.01)
  }

  @Test func `of two pieces are those of both together`() {
    let (left, right) = (DigitalShape.disc([30.2, 40], radius: 20), DigitalShape.disc([89.8, 40.4], radius: 20))
    let (one, two) = (measures(120, left), measures(120, right))
    let found = measures(120) { left($0) || right($0) }
    #expect(found.area == one.area + two.area && found.holeArea == 0)
    #expect(abs(found.perimeter - one.perimeter - two.perimeter) < 1e-3)
    // 4π 2A / (2P)².
    #expect(abs(found.circularity - 0.5) < 0.01)
    #expect(abs(found.solidity - 2 * .pi * 400 / (.pi * 400 + 40 * 59.6)) < 0.01)
    #expect(abs(found.centroid.x - 60) < 0.1 && found.aspect > 2)
    #expect(abs(found.areaError / (one.areaError * 2.0.squareRoot()) - 1) < 0.02)
  }

  @Test func `do not change when a region is moved, mirrored or turned by a quarter`() {
    let shape = DigitalShape.ellipse([30.2, 31.7], axes: (17, 9), angle: 0.4)
    let one = measures(64, shape)
    let others = [
      measures(64) { shape(Point(63 - $0.x, $0.y)) }, measures(64) { shape(Point($0.y, $0.x)) },
      measures(90) { shape($0 - Point(20, 11)) },
    ]
    for other in others {
      #expect(other.area == one.area)
      #expect(abs(other.perimeter - one.perimeter) < 1e-4)
      #expect(abs(other.aspect - one.aspect) < 1e-9)
      #expect(abs(other.solidity - one.solidity) < 1e-5)
    }
  }

  @Test func `of one pixel, a line and a whole image are finite`() {
    let pixel = RegionMeasures(of: [37], width: 10)
    #expect(pixel.centroid == Point(7, 3))
    #expect(pixel.area == 1 && abs(pixel.aspect - 1) < 1e-9)
    let line = RegionMeasures(of: Array(20..<30), width: 10)
    #expect(abs(line.majorAxis / line.minorAxis - 10) < 1e-9)
    #expect(abs(line.orientation) < 1e-9)
    let whole = RegionMeasures(of: Array(0..<600), width: 30)
    #expect(whole.area == 600 && abs(whole.aspect - 1.5) < 1e-9)
    #expect(abs(whole.perimeter - 100) < 4 && whole.solidity > 0.99)
    for found in [pixel, line, whole] {
      let numbers = [
        found.perimeter, found.aspect, found.circularity, found.solidity, found.areaError, found.diameterError,
        found.orientation,
      ]
      #expect(numbers.allSatisfy { $0.isFinite })
      #expect((0...1).contains(found.solidity))
    }
  }
}
