import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// The off-centre displacements of one grain: map, numbers, and what they do not say.
struct DisplacementChapter {
  let result: CrystalResult
  let map: CageDisplacement.Map

  var section: ReportDocument.Section {
    .init(
      "Displacement of \(map.centre) in its cage of \(map.cageSize) \(map.cage)"
        + (result.grains.grains.count > 1 ? ", grain \(map.grain)" : ""),
      [
        .figure(figure), .paragraph(numbers), .row([histogram("x") { $0.x }, histogram("y") { $0.y }]),
        .paragraph(
          "What one image cannot tell: "
            + "a displacement is not a polarisation, whose size and sign need the charges and the positions of all atoms, "
            + "those that the image does not show included. "
            + "Mistilt of the specimen or of the beam moves columns of different atoms against each other, by about as "
            + "much as ferroelectric displacements, in one direction over wide areas. "
            + "Scan distortion and drift shear every cage alike to first order and cancel there, but jumps between scan "
            + "lines do not. Where the image was filtered or averaged, the columns along its rim may be displaced by that "
            + "alone. The component along the beam is not seen, and what varies along it is averaged. "
            + "Rotating the scan or a second image at another tilt tells these apart."),
      ])
  }

  /// px, or pm.
  private func lengths(_ vector: Point) -> (value: Point, unit: String) {
    guard let calibration = result.micrograph.calibration else { return (vector, "px") }
    return (calibration.nanometres(vector) * 1000, "pm")
  }

  private var numbers: String {
    let (mean, unit) = lengths(map.mean)
    let (error, scatter, typical) = (
      lengths(map.meanError).value, lengths(map.scatter).value, lengths(map.typicalError).value
    )
    let digits = unit == "pm" ? 1 : 3
    func number(_ value: Double) -> String {
      value.isFinite ? String(format: "%.\(digits)f", value).replacing("-", with: "−") : "–"
    }
    return
      "\(Number.count(map.vectors.count)) cages have all their corner columns. Mean displacement x \(number(mean.x)) ± \(number(error.x)) \(unit), "
      + "y \(number(mean.y)) ± \(number(error.y)) \(unit) (y points down; errors from the columns' noise alone)"
      + (map.removedMean ? ", taken off below. " : ". ")
      + "Scatter from cage to cage \(number(scatter.x)) and \(number(scatter.y)) \(unit), of which noise explains "
      + "\(number(typical.x)) and \(number(typical.y)) \(unit). "
      + "\(Number.percent(map.significantShare)) of the displacements exceed what noise gives in 99.7 % of the cases."
  }

  private var figure: ReportDocument.Figure {
    var figure = ImageFigure(
      result.micrograph, summary: "Displacement of \(map.centre) columns from the middle of their cages")
    figure.dimming = 0.45
    figure.width = 760
    let vectors = map.vectors.map(\.displacement)
    var arrows = ArrowField(
      origins: map.vectors.map(\.cageCentre), vectors: vectors,
      colors: map.vectors.map { vector in
        // What chance gives in .27 % of the cases; of unknown errors nothing is said.
        vector.chiSquared <= 11.83
          ? Color(0x9AA0A6) : Color.onWheel(vector.displacement.angle / (2 * .pi) + 0.5)
      })
    let spacing = result.grains.grains[map.grain - 1].lattice.grid.u.length
    let long = Statistics.quantile(vectors.map(\.length), 0.9)
    arrows.magnification = long > 0 ? 0.75 * spacing / long : 1
    arrows.calibration = result.micrograph.calibration
    return .init(
      "displacement-\(map.grain)", title: "Displacement map",
      caption: "From the middle of the cage to the column, \(Number.short(arrows.magnification, digits: 2)) times "
        + "magnified; colour tells the direction, grey what noise alone may explain."
        + (map.removedMean ? " The mean of the grain is taken off." : ""),
      figure.adding(arrows).drawing())
  }

  private func histogram(_ name: String, _ part: (Point) -> Double) -> ReportDocument.Figure {
    let (error, unit) = lengths(map.typicalError)
    let values = map.vectors.map { part(lengths($0.displacement).value) }
    let figure = HistogramFigure(
      values: values, marks: [.init(at: 0, label: "0")], title: "displacement along \(name) (\(unit))",
      summary: "Histogram of the displacement along \(name)")
    return .init(
      "displacement-\(map.grain)-\(name)", title: "Along \(name)",
      caption: "Standard error of one: \(Number.short(part(error), digits: 2)) \(unit).", figure.drawing())
  }
}
