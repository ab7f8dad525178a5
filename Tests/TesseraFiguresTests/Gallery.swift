import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics

/// One example of each figure, from a made-up honeycomb crystal with vacancies.
struct Gallery {
  let micrograph: Micrograph
  let points: [Point]
  let labels: [Int]
  let names = ["Mo", "Se₂", "Mo beside a vacancy", "Se vacancy", "double vacancy"]
  private let u = Point(24, 0)
  private let v = Point(12, 20.785)

  init(size: Int = 1024, seed: UInt64 = 1) {
    var source = RandomSource(seed: seed)
    var (points, labels, heights) = ([Point](), [Int](), [Double]())
    let cells = size / 20 + 4
    for j in -2...cells {
      for i in -cells...cells {
        let corner = Point(24, 0) * Double(i) + Point(12, 20.785) * Double(j)
        for (offset, label, height) in [(Point(0, 0), 1, 20.0), (Point(12, 6.928), 2, 14.0)] {
          let place = corner + offset
          guard place.x > -8, place.y > -8, place.x < Double(size) + 8, place.y < Double(size) + 8 else { continue }
          let draw = source.uniform()
          let (kind, amplitude) =
            label == 2 && draw < 0.04 ? (4, 6.0) : label == 2 && draw < 0.05 ? (5, 0.0) : (label, height)
          points.append(place)
          labels.append(kind)
          heights.append(amplitude)
        }
      }
    }
    let index = PlanarIndex(points)
    for site in points.indices where labels[site] == 1 {
      if index.neighbours(of: points[site], within: 15).contains(where: { labels[$0] >= 4 }) { labels[site] = 3 }
    }
    var pixels = Raster<Float>(width: size, height: size, filling: 1)
    for (place, height) in zip(points, heights) {
      for y in max(0, Int(place.y) - 14)...max(0, min(size - 1, Int(place.y) + 14)) where y < size {
        for x in max(0, Int(place.x) - 14)...max(0, min(size - 1, Int(place.x) + 14)) where x < size {
          let d = Point(Double(x), Double(y)) - place
          pixels[x, y] += Float(height * exp(-d.squaredLength / 32))
        }
      }
    }
    pixels.values = pixels.values.map { Float(source.poisson(Double($0))) }
    micrograph = Micrograph(name: "mose2", pixels: pixels, calibration: Calibration(nanometresPerPixel: 0.01371))
    self.points = points
    self.labels = labels
  }

  var styles: [ClassStyle] {
    ClassStyle.styles(names: names, counts: names.indices.map { n in labels.count { $0 == n + 1 } })
  }

  /// Every figure by the name of its file.
  func drawings() -> [(name: String, drawing: Drawing)] {
    let sites = SiteMarkers(points: points, labels: labels, styles: styles)
    var columns = ImageFigure(micrograph, summary: "Columns coloured by class")
    columns.dimming = 0.25
    columns.legend = styles
    let vacancy = points.indices.filter { labels[$0] == 4 && points[$0].x > 300 && points[$0].y > 200 }.first
    let double = points.indices.filter { labels[$0] == 5 && points[$0].x > 100 && points[$0].y > 100 }.first
    var moments = MomentsFigure(
      classes: Array(styles.prefix(3)), means: exampleMoments(), orders: Self.orders, summary: "Mean moments")
    moments.deviations = exampleMoments().map { $0.map { abs($0) * 0.15 + 0.05 } }
    return [
      ("micrograph", ImageFigure(micrograph, summary: "The micrograph").drawing()),
      ("columns", columns.adding(sites).drawing()),
      ("layout", layout()),
      (
        "rare-classes",
        ImageFigure.rareClasses(
          of: micrograph, sites: sites, classes: [4, 5], examples: [vacancy, double], zoomSide: 96,
          summary: "Vacancies"
        ).drawing()
      ),
      ("classes", contactSheet()),
      ("reconstruction", comparison()),
      ("moments", moments.drawing()),
      ("spectrum", spectrum()),
      ("radial-spectrum", radialCurve()),
      ("intensities", histogram()),
      ("cells", cells()),
      ("hierarchy", hierarchy()),
      ("tree", tree()),
      ("strain", strain()),
      ("displacements", arrows()),
    ]
  }

  static let orders = (0...10).flatMap { p in
    stride(from: -p, through: p, by: 2).map { MomentsFigure.Order(p: p, q: $0) }
  }

  private func exampleMoments() -> [[Double]] {
    var source = RandomSource(seed: 3)
    return (0..<3).map { n in
      Self.orders.map { order in
        let scale = order.q == 0 ? 3.0 : order.q.isMultiple(of: 3) ? 1.5 : 0.2
        return scale * source.gaussian() + (order.p == 0 ? 12 - Double(n) : 0)
      }
    }
  }

  private func layout() -> Drawing {
    var source = RandomSource(seed: 2)
    let centres = [Point(-6, 1), Point(5, 3), Point(-4, -5), Point(7, -4), Point(1, -8)]
    let places = labels.map { centres[$0 - 1] + Point(source.gaussian(), source.gaussian()) * 0.9 }
    let shown = labels.indices.map { $0.isMultiple(of: 97) ? 0 : labels[$0] }
    return ScatterFigure(points: places, labels: shown, styles: styles, summary: "Layout of the features").drawing()
  }

  private func patch(around centre: Point, side: Int = 41, members: Int = 1) -> Raster<Float> {
    let (x, y) = (Int(centre.x.rounded()) - side / 2, Int(centre.y.rounded()) - side / 2)
    return micrograph.pixels.cropped(
      x: max(0, min(micrograph.width - side, x)), y: max(0, min(micrograph.height - side, y)), width: side, height: side
    )
  }

  private func average(of label: Int) -> Raster<Float> {
    let inside = points.indices.filter { index in
      labels[index] == label && points[index].x > 25 && points[index].y > 25
        && points[index].x < Double(micrograph.width) - 25 && points[index].y < Double(micrograph.height) - 25
    }
    var sum = Raster<Float>(width: 41, height: 41, filling: 0)
    for index in inside {
      sum.values = zip(sum.values, patch(around: points[index]).values).map { $0 + $1 }
    }
    for y in 0..<41 {
      for x in 0..<41 {
        let isInside = Point(Double(x) - 20, Double(y) - 20).length <= 20.5
        sum[x, y] = isInside ? sum[x, y] / Float(max(1, inside.count)) : .nan
      }
    }
    return sum
  }

  private func contactSheet() -> Drawing {
    let tiles = styles.enumerated().map { n, look in
      ContactSheet.Tile(
        patch: average(of: n + 1),
        captions: [look.name, "\(Number.count(look.count!)) sites", "confidence 0.9\(9 - n)"],
        style: look)
    }
    return ContactSheet(tiles: tiles, calibration: micrograph.calibration, summary: "Class averages").drawing()
  }

  private func comparison() -> Drawing {
    let rows = [1, 2, 4].map { label in
      let index = points.indices.first { labels[$0] == label && points[$0].x > 200 && points[$0].y > 200 }!
      return ComparisonFigure.Row(
        patch: patch(around: points[index]), reconstruction: average(of: label), style: styles[label - 1],
        caption: "site \(index)")
    }
    return ComparisonFigure(rows: rows, calibration: micrograph.calibration, summary: "Patches and reconstructions")
      .drawing()
  }

  private func spectrum() -> Drawing {
    let pixels = micrograph.pixels
    let power = PowerSpectrum(of: pixels).power
    var figure = SpectrumFigure(power: power, calibration: micrograph.calibration, summary: "Power spectrum")
    let (g1, g2) = (Point(1.0 / 24, -12 / (24 * 20.785)), Point(0, 1 / 20.785))
    figure.peaks = [g1, g2, g1 + g2, g1 - g2, g1 * 2 + g2, g1 + g2 * 2]
    figure.basis = [g1, g2]
    figure.ringFrequency = 1 / 20.785
    return figure.drawing()
  }

  private func radialCurve() -> Drawing {
    let curve = (1...400).map { r in
      let f = Double(r) / 1024
      return Point(
        f / 0.01371, 1e3 + 1e6 * exp(-r.distance(49) / 20) + 3e5 * exp(-r.distance(85) / 30) + 4e6 / Double(r * r))
    }
    return LineFigure(
      curves: [.init(name: "radial mean", points: curve)],
      marks: [.init(at: 49.27 / 1024 / 0.01371, label: "r₀ = 49.3 (plane spacing 0.285 nm)")],
      x: Axis("spatial frequency (nm⁻¹)"), y: Axis("power", scale: .logarithmic), summary: "Radial power spectrum"
    ).drawing()
  }

  private func histogram() -> Drawing {
    HistogramFigure(
      values: micrograph.pixels.values.map { Double($0) }, marks: [.init(at: 8.5, label: "threshold 8.5")],
      title: "intensity (counts)", summary: "Intensities"
    ).drawing()
  }

  private func cells() -> Drawing {
    var (polygons, colors) = ([[Point]](), [Color?]())
    for j in 0..<50 {
      for i in -25..<45 {
        let cell = PaintedPolygons.cell(i: i, j: j, origin: Point(-4, -6), u: u, v: v)
        guard cell.allSatisfy({ $0.x >= 0 && $0.y >= 0 && $0.x < 1024 && $0.y < 1024 }) else { continue }
        let centre = cell[0] + (u + v) * 0.5
        let sites = points.indices.filter { (points[$0] - centre).length < 11 && labels[$0] >= 4 }
        polygons.append(cell)
        colors.append(sites.first.map { styles[labels[$0] - 1].color })
      }
    }
    var figure = ImageFigure(micrograph, summary: "Motif-cells")
    figure.legend = Array(styles[3...])
    return figure.adding(PaintedPolygons(polygons: polygons, colors: colors)).drawing()
  }

  private func hierarchy() -> Drawing {
    var source = RandomSource(seed: 5)
    var nodes: [HierarchyFigure.Node] = []
    var edges: [(from: Int, to: Int)] = []
    for level in 1...4 {
      for kind in 0..<(level == 4 ? 14 : 3 * level) {
        var cell = (0, 0)
        var cells: [[Point]] = []
        var colors: [Color] = []
        for _ in 0..<level {
          cells.append(PaintedPolygons.cell(i: cell.0, j: cell.1, origin: .zero, u: u, v: v))
          colors.append(styles[2 + source.index(below: 3)].color)
          if source.uniform() < 0.5 { cell.0 += 1 } else { cell.1 += 1 }
        }
        if level > 1 {
          for other in nodes.indices where nodes[other].level == level - 1 && source.uniform() < 0.3 {
            edges.append((other, nodes.count))
          }
        }
        let dots = cells.enumerated().flatMap { number, cell in
          [(0.2, 0), (0.65, number.isMultiple(of: 2) ? 3 : 1)].map { place, label in
            HierarchyFigure.Dot(at: cell[0] + (cell[2] - cell[0]) * place, look: styles[label])
          }
        }
        let count = 400 / (level * level * (kind + 1)) + 1
        nodes.append(.init(level: level, count: count, cells: cells, colors: colors, dots: dots))
      }
    }
    var figure = HierarchyFigure(nodes: nodes, edges: edges, summary: "Hierarchy of motif-cells")
    figure.legend = Array(styles[2...])
    return figure.drawing()
  }

  private func tree() -> Drawing {
    TreeFigure(
      nodes: [
        .init("class 1", note: "369 sites", isFaint: true), .init("class 2", note: "41 sites", isFaint: true),
        .init("1.1 Mo", note: "187 sites", style: styles[1], parents: [0]),
        .init("1.2 beside a vacancy", note: "182 sites", style: styles[2], parents: [0]),
        .init("3", style: styles[3], parents: [1, 2]),
      ], summary: "Classes and what they came from"
    ).drawing()
  }

  private func strain() -> Drawing {
    var map = Raster<Float>(width: 256, height: 192, filling: 0)
    for y in 0..<192 {
      for x in 0..<256 {
        map[x, y] = x * y < 900 ? .nan : Float(0.02 * sin(Double(x) / 40) * cos(Double(y) / 30) + 0.004)
      }
    }
    return ImageFigure.signedMap(map, calibration: micrograph.calibration, title: "εxx", summary: "Strain").drawing()
  }

  private func arrows() -> Drawing {
    let origins = points.filter { $0.x > 20 && $0.y > 20 && $0.x < 480 && $0.y < 380 }
    let vectors = origins.map { Point(sin($0.y / 80), cos($0.x / 70)) }
    let part = micrograph.pixels.cropped(x: 0, y: 0, width: 500, height: 400)
    return ImageFigure(part, calibration: nil, summary: "Displacements")
      .adding(ArrowField(origins: origins, vectors: vectors, magnification: 9)).drawing()
  }
}

extension Int {
  fileprivate func distance(_ other: Int) -> Double { Double((self - other) * (self - other)) }
}
