import TesseraNumerics

/// Which pixels of a micrograph hold a measurement, and what the others are: drawn into the picture, blank, dead or not finite.
struct MeasuredPixels {
  private let source: Raster<Float>
  /// True where a pixel holds a measurement.
  private(set) var isMeasured: Raster<Bool>
  /// Labels that were drawn into the pixels.
  private(set) var labels: [BurnedInLabels.Box] = []
  /// What was left out, one sentence each; lines that are dead are told of by `mendLines`.
  private(set) var warnings: [String] = []
  /// Lines without a measurement, each direction with the pixels that were measured before it was asked.
  private var dead: [(lines: DeadLines, before: Raster<Bool>)] = []

  /// - Parameter masksLabels: whether scale bars, captions and bars of information are left out.
  init(of micrograph: Micrograph, masksLabels: Bool) {
    source = micrograph.pixels
    isMeasured = source.map(\.isFinite)
    let infinite = isMeasured.values.count { !$0 }
    if infinite > 0 { warnings.append("\(infinite) pixels are not finite and were left out") }
    if masksLabels {
      leaveOutLabels()
      leaveOutDrawing(micrograph.drawn)
    }
    let blank = BlankAreas.areas(in: source)
    if masksLabels { leaveOutBar(beside: blank?.isBlank) }
    if let blank { leaveOut(blank.isBlank, ofValues: blank.values) }
    for direction in [DeadLines.Direction.rows, .columns] { leaveOutLines(direction) }
  }

  /// The image as the file has it, NaN where nothing was measured.
  var seen: Raster<Float> {
    source.blanked(where: isMeasured)
  }

  private mutating func leaveOutLabels() {
    labels = BurnedInLabels.boxes(in: source)
    for box in labels {
      for y in box.y..<box.y + box.height {
        for x in box.x..<box.x + box.width { isMeasured[x, y] = false }
      }
      warnings.append(
        "a label drawn into the image at x \(box.x)-\(box.x + box.width), y \(box.y)-\(box.y + box.height) was left out"
      )
    }
  }

  private mutating func leaveOutDrawing(_ drawn: Raster<Bool>?) {
    guard let drawn, drawn.count == source.count else { return }
    for index in drawn.values.indices where drawn.values[index] { isMeasured.values[index] = false }
    warnings.append(
      "\(drawn.values.count { $0 }) pixels that were drawn into the grey picture in colour, or lie beside such, were left out"
    )
  }

  private mutating func leaveOutBar(beside isBlank: Raster<Bool>?) {
    guard let bar = InformationBar.rows(in: source, isBlank: isBlank) else { return }
    for y in bar { for x in 0..<source.width { isMeasured[x, y] = false } }
    warnings.append("the bar of information in lines \(bar.lowerBound) to \(bar.upperBound - 1) was left out")
  }

  private mutating func leaveOut(_ isBlank: Raster<Bool>, ofValues values: [Float]) {
    let before = isMeasured.values.count { $0 }
    for index in isMeasured.values.indices where isBlank.values[index] { isMeasured.values[index] = false }
    let share = Double(before - isMeasured.values.count { $0 }) / Double(source.count)
    guard share > 0 else { return }
    warnings.append(
      "\(Preparation.percent(share)) of the pixels are blank, of the value \(values[0])\(values.count > 1 ? " and others" : "") "
        + "in areas without any noise; they were left out")
  }

  private mutating func leaveOutLines(_ direction: DeadLines.Direction) {
    let lines = DeadLines(direction, in: seen)
    guard !lines.runs.isEmpty else { return }
    dead.append((lines, isMeasured))
    for index in lines.runs.joined().flatMap({ lines.pixels(of: $0, in: source) }) { isMeasured.values[index] = false }
  }

  /// Interpolates single dead lines, whose pixels then count as measured; a sentence for each direction with dead lines.
  /// - Parameter image: the source in any unit, finite everywhere.
  mutating func mendLines(of image: inout Raster<Float>) -> [String] {
    var sentences: [String] = []
    for (lines, before) in dead {
      let mended = lines.mend(&image)
      for index in mended.flatMap({ lines.pixels(of: $0, in: image) }) {
        isMeasured.values[index] = before.values[index]
      }
      sentences.append(lines.sentence(mended: mended))
    }
    return sentences
  }
}
