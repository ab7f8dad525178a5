import CModels

extension NetworkModel {
  /// The name under which messages and results know the network that comes with the program.
  public static let shippedAtomsName = "atoms.\(fileExtension)"

  /// The network for atom columns that comes with the program, trained on simulated images (docs/networks.md).
  ///
  /// Its file, `Sources/CModels/atoms.tessera-model`, is a part of the program, read when it is first asked for; a program
  /// whose own file is damaged was built wrongly, so it ends.
  public static let shippedAtoms = shipped(tessera_atoms_model(), name: shippedAtomsName, kind: .atoms)

  /// The name under which messages and results know the particle network that comes with the program.
  public static let shippedParticlesName = "particles.\(fileExtension)"

  /// The network for nanoparticles that comes with the program, trained on simulated images (docs/networks.md): its file is
  /// `Sources/CModels/particles.tessera-model`.
  public static let shippedParticles = shipped(
    tessera_particles_model(), name: shippedParticlesName, kind: .particles)

  private static func shipped(_ file: tessera_embedded_file, name: String, kind: Kind) -> NetworkModel {
    do {
      return try NetworkModel(bytes: file.array, name: name, kind: kind)
    } catch { preconditionFailure("\(error)") }
  }
}

/// Models that come with the program and are no networks, as the bytes of their files.
package enum ShippedModels {
  /// The forest that tells classes of nanoparticles: `Sources/CModels/defects.tessera-model`.
  package static var defects: [UInt8] { tessera_defects_model().array }
}

extension tessera_embedded_file {
  fileprivate var array: [UInt8] { Array(UnsafeBufferPointer(start: bytes, count: count)) }
}
