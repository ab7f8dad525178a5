import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics

/// A line profile as a table and as a plot.
public struct ProfileTable: Sendable {
  /// The points of the profile, from its start.
  public var samples: [LineProfile.Sample]
  /// The image that was sampled, for its calibration and name.
  public var micrograph: Micrograph

  /// The samples of a profile with the micrograph that they were taken from.
  public init(_ samples: [LineProfile.Sample], of micrograph: Micrograph) {
    (self.samples, self.micrograph) = (samples, micrograph)
  }

  /// Columns `distance,distance_nm,x,y,mean,error,count`; places in pixels.
  public var csv: Data {
    var table = TableWriter(columns: ["distance", "distance_nm", "x", "y", "mean", "error", "count"])
    for sample in samples {
      table.add([
        TableWriter.number(sample.distance), TableWriter.number(nanometres(sample), decimals: 6),
        TableWriter.number(sample.place.x), TableWriter.number(sample.place.y), TableWriter.significant(sample.mean),
        TableWriter.significant(sample.error), String(sample.count),
      ])
    }
    return table.data
  }

  /// The profile as a curve, PNG.
  public func png() -> Data {
    let hasScale = micrograph.calibration != nil
    let points = samples.map { Point(hasScale ? nanometres($0) : $0.distance, $0.mean) }
    return LineFigure(
      curves: [.init(name: "intensity", points: points)],
      x: Axis("distance (\(LengthText.unit(isCalibrated: hasScale)))"),
      y: Axis("intensity"), summary: "Line profile of \(micrograph.name)"
    ).drawing().png()
  }

  private func nanometres(_ sample: LineProfile.Sample) -> Double {
    guard let calibration = micrograph.calibration, let start = samples.first?.place else { return .nan }
    return calibration.nanometres(sample.place - start).length
  }
}
