import TesseraFigures
import TesseraImaging
import TesseraNumerics
import Testing

struct `Colour maps` {
  @Test(arguments: ColorMap.allCases) func `stay within the colours there are`(map: ColorMap) {
    for color in stride(from: -0.5, through: 1.5, by: 0.01).map(map.color) {
      for component in [color.red, color.green, color.blue] { #expect(component >= 0 && component <= 1) }
    }
    #expect(map.table().count == 256)
    #expect(map.table().first == map.color(at: 0).packed && map.table().last == map.color(at: 1).packed)
  }

  @Test(arguments: [ColorMap.gray, .cividis, .viridis]) func `for amounts rise in lightness`(map: ColorMap) {
    let lightness = (0...255).map { map.color(at: Double($0) / 255).lightness }
    for (before, after) in zip(lightness, lightness.dropFirst()) { #expect(after > before) }
    #expect(lightness.last! - lightness.first! > 70)
  }

  // ColorBrewer's red end is 4 units lighter or darker than the blue one; a reader does not see less than 5.
  @Test func `for signed quantities are lightest in the middle and equally dark on both sides`() {
    let lightness = (0...200).map { ColorMap.diverging.color(at: Double($0) / 200).lightness }
    for index in 0..<100 {
      #expect(lightness[index + 1] > lightness[index])
      #expect(lightness[200 - index - 1] > lightness[200 - index])
    }
    #expect(lightness[100] > 96)
    #expect(abs(lightness[0] - lightness[200]) < 5)
  }
}

struct `Class styles` {
  @Test func `differ in colour or shape for 144 classes`() {
    let styles = ClassStyle.styles(names: (1...144).map { "motif \($0)" })
    #expect(Set(styles.map { "\($0.color.hexadecimal) \($0.marker)" }).count == 144)
    #expect(Set(styles.prefix(16).map(\.color)).count == 16)
  }

  // Where all have one shape, as rings and painted areas do.
  @Test func `differ in colour for 48 classes`() {
    let styles = ClassStyle.styles(names: (1...ClassStyle.colorCount).map { "motif \($0)" })
    #expect(ClassStyle.colorCount == 48)
    for (index, style) in styles.enumerated() {
      for other in styles[..<index] {
        let (a, b) = (style.color, other.color)
        let distance = max(abs(a.red - b.red), abs(a.green - b.green), abs(a.blue - b.blue))
        #expect(distance > 0.05, "\(style.name) \(other.name)")
      }
    }
  }

  @Test func `in a legend are those that occur, and count each member`() {
    func style(_ atoms: Int, _ count: Int) -> ClassStyle { ClassStyle(name: "\(atoms)", count: count, color: .neutral) }
    let few = (7...40).map { style($0, $0.isMultiple(of: 3) ? $0 : 0) }
    #expect(
      ClassStyle.gathered(few, atMost: 48).map(\.name) == [
        "9", "12", "15", "18", "21", "24", "27", "30", "33", "36", "39",
      ])
    let many = (1...100).map { style($0, 2) }
    let gathered = ClassStyle.gathered(many, atMost: 48)
    #expect(gathered.count == 34 && gathered[0].name == "1 to 3" && gathered[33].name == "100")
    #expect(gathered.reduce(0) { $0 + ($1.count ?? 0) } == 200)
    #expect(ClassStyle.gathered([], atMost: 48).isEmpty)
  }

  @Test func `of painted areas are squares of the same colour`() {
    let style = ClassStyle.styles(names: ["a", "b", "c", "d"])[3]
    #expect(style.marker == .diamond && style.swatch.marker == .square && style.swatch.color == style.color)
  }
}

struct `Bars of moments` {
  private func figure(_ values: [Int: Double]) -> MomentsFigure {
    let orders = (0...8).flatMap { p in stride(from: -p, through: p, by: 2).map { MomentsFigure.Order(p: p, q: $0) } }
    let mean = orders.map { $0.p == 8 ? values[$0.q] ?? 0.01 : 0.01 }
    return MomentsFigure(
      classes: ClassStyle.styles(names: ["a"]), means: [mean], orders: orders, summary: "Moments")
  }

  @Test func `mark the angular orders that carry a square crystal`() {
    #expect(figure([4: 1, -2: 0.6, 0: 3]).notableOrders == [4, 2])
    #expect(figure([6: 1, 0: 3]).notableOrders == [])
  }
}

struct `Scale bars` {
  @Test func `have round lengths that take a tenth to a quarter of the width`() {
    for power in stride(from: -1.5, through: 4, by: 0.01) {
      let bar = ScaleBar(width: 1000, calibration: Calibration(nanometresPerPixel: 1e-3 * exponential(power)))
      #expect(bar.lengthInPixels <= 250.001 && bar.lengthInPixels >= 99.9)
      let digits = bar.label.prefix { $0 != " " }
      #expect(["1", "2", "5"].contains(digits.first { $0 != "0" && $0 != "." }.map(String.init)), "\(bar.label)")
    }
  }

  @Test func `name the unit a microscopist would use`() {
    func label(_ nanometresPerPixel: Double?) -> String {
      ScaleBar(width: 1024, calibration: nanometresPerPixel.flatMap { Calibration(nanometresPerPixel: $0) }).label
    }
    #expect(label(0.0137) == "2 nm")
    #expect(label(0.001) == "2 Å")
    #expect(label(0.0001) == "20 pm")
    #expect(label(10) == "2 µm")
    #expect(label(nil) == "200 px")
  }

  @Test func `of an uncalibrated speck are one pixel long`() {
    #expect(ScaleBar(width: 2, calibration: nil).lengthInPixels == 1)
  }

  private func exponential(_ power: Double) -> Double {
    (0..<Int(power * 100 + 150)).reduce(0.0316) { x, _ in x * 1.02329 }
  }
}

struct `Numbers` {
  @Test func `are short and the same everywhere`() {
    #expect(Number.short(0.28500) == "0.285")
    #expect(Number.short(1234.5678) == "1235")
    #expect(Number.short(-2) == "−2")
    #expect(Number.short(1e-7) == "10⁻⁷")
    #expect(Number.short(2.5e9) == "2.5·10⁹")
    #expect(Number.short(.nan) == "–")
    #expect(Number.count(1_234_567) == "1,234,567")
    #expect(Number.count(-999) == "−999")
    #expect(Number.percent(0.123) == "12\u{A0}%")
    #expect(Number.percent(0.0042) == "0.42\u{A0}%")
    #expect(Number.percent(0.00001) == "< 0.01\u{A0}%")
    #expect(Number.percent(0.9961) == "99.6\u{A0}%")
    #expect(Number.percent(0.99999) == "> 99.9\u{A0}%")
    #expect(Number.percent(1) == "100\u{A0}%")
    #expect(Number.percent(0) == "0\u{A0}%")
  }
}

struct `A contrast` {
  @Test func `ignores a few bright spikes`() {
    var image = Raster<Float>(width: 300, height: 300, filling: 0)
    for index in image.values.indices { image.values[index] = Float(index % 100) }
    for index in 0..<20 { image.values[index * 4001] = 1e6 }
    let limits = Contrast.standard.limits(of: image)
    #expect(limits.lowerBound >= 0 && limits.upperBound < 100.5)
  }

  @Test func `is a proper range for a constant image and for one without values`() {
    for value in [Float(7), 0, .nan, .infinity] {
      for contrast in [Contrast.standard, .symmetric(0.99), .range(3, 3)] {
        let limits = contrast.limits(of: Raster(width: 5, height: 4, filling: value))
        #expect(limits.upperBound > limits.lowerBound)
      }
    }
  }

  @Test func `of a signed map is symmetric about zero`() {
    let limits = Contrast.symmetric(1).limits(of: Raster(width: 3, height: 1, values: [-2, 0.5, 1]))
    #expect(limits == -2...2)
  }
}
