import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TesseraSimulation

/// Writes simulated nanoparticles and their truth: `NAME.tif` (or `.npy`), `NAME.mask.tif`, `NAME.instances.tif`,
/// `NAME.particles.csv` and `NAME.truth.json`.
extension SimulationFiles {
  /// Throws what `write` would throw for places that are taken, before anything is computed.
  public func checkForParticles() throws {
    try check(endings: ["mask.tif", "instances.tif", "particles.csv", "truth.json"])
  }

  /// Writes every file and returns the names, the image first.
  public func write(_ result: SimulatedParticles) throws -> [String] {
    try checkForParticles()
    let names = [image] + ["mask.tif", "instances.tif", "particles.csv", "truth.json"].map(beside)
    let (micrograph, instances) = (result.micrograph, result.instances)
    if (image as NSString).pathExtension.lowercased() == "npy" {
      try NPYWriter.write(ImageStack(micrograph), to: image, replacing: replacing)
    } else {
      try TIFFWriter.write(ImageStack(micrograph), to: image, replacing: replacing)
    }
    let mask = instances.labels.map { UInt8($0 > 0 ? 1 : 0) }
    try TIFFWriter.write([mask], calibration: micrograph.calibration, to: names[1], replacing: replacing)
    try TIFFWriter.write([instances.labels], calibration: micrograph.calibration, to: names[2], replacing: replacing)
    var table = TableWriter(columns: ["id", "x", "y", "area_px", "class"])
    for (index, place) in instances.places.enumerated() where place.area > 0 {
      table.add([
        "\(index + 1)", TableWriter.number(place.centroid.x), TableWriter.number(place.centroid.y), "\(place.area)",
        instances.kinds[index].rawValue,
      ])
    }
    try AtomicOutput.file(at: names[3], replacing: replacing, contents: table.data)
    let truth = ParticleTruth(simulation: result.simulation, particles: result.particleCount)
    try AtomicOutput.file(at: names[4], replacing: replacing, contents: JSONEncoder.forResults().encode(truth))
    return names
  }
}

/// Everything that was decided about a simulation of nanoparticles.
private struct ParticleTruth: Encodable {
  let specimen = ParticleSimulation.name
  let simulation: ParticleSimulation
  let particles: Int

  private enum CodingKeys: String, CodingKey { case specimen, seed, frame, field, optics, particles }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(specimen, forKey: .specimen)
    try container.encode(simulation.seed, forKey: .seed)
    try container.encode(simulation.frame, forKey: .frame)
    try container.encode(simulation.field, forKey: .field)
    try container.encode(simulation.optics, forKey: .optics)
    try container.encode(particles, forKey: .particles)
  }
}
