import Foundation
import TesseraImaging

/// `particles.csv`: one row per particle. Lengths in nm are empty where the micrograph has no scale.
struct ParticleTable {
  let result: ParticleResult
  init(_ result: ParticleResult) { self.result = result }

  var csv: Data {
    var table = TableWriter(
      columns: [
        "id", "x", "y", "area_nm2", "equivalent_diameter_nm", "major_axis_nm", "minor_axis_nm", "aspect", "circularity",
        "solidity", "orientation", "class", "probability", "area_error_nm2", "diameter_error_nm", "area_px",
        "equivalent_diameter_px", "major_axis_px", "minor_axis_px", "perimeter_px", "area_error_px", "confidence",
        "evidence",
      ] + ParticleClass.allCases.map { "p_\($0.rawValue.replacing("-", with: "_"))" })
    let scale = result.micrograph.calibration?.meanNanometresPerPixel ?? .nan
    for particle in result.particles {
      let measures = particle.measures
      func number(_ value: Double) -> String { TableWriter.significant(value) }
      table.add(
        ["\(particle.id)", TableWriter.number(measures.centroid.x), TableWriter.number(measures.centroid.y)]
          + [
            measures.area * scale * scale, measures.equivalentDiameter * scale, measures.majorAxis * scale,
            measures.minorAxis * scale, measures.aspect, measures.circularity, measures.solidity, measures.orientation,
          ].map(number) + [particle.kind?.rawValue ?? "", TableWriter.number(particle.probability ?? .nan)]
          + [
            particle.areaError * scale * scale, particle.diameterError * scale, measures.area,
            measures.equivalentDiameter, measures.majorAxis, measures.minorAxis, measures.perimeter, particle.areaError,
          ].map(number) + [
            TableWriter.number(particle.confidence ?? .nan), TableWriter.number(particle.evidence ?? .nan, decimals: 2),
          ]
          + ParticleClass.allCases.map { TableWriter.number(particle.probabilities[$0] ?? .nan) })
    }
    return table.data
  }
}
