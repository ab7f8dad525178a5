import CModels

extension NetworkModel {
  /// The name under which messages and results know the network that comes with the program.
  public static let shippedAtomsName = "atoms.\(fileExtension)"

  /// The network for atom columns that comes with the program, trained on simulated images (docs/networks.md).
  ///
  /// Its file, `Sources/CModels/atoms.tessera-model`, is a part of the program, read when it is first asked for; a program
  /// whose own file is damaged was built wrongly, so it ends.
  public static let shippedAtoms: NetworkModel = {
    let file = tessera_atoms_model()
    let bytes = Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
    do {
      return try NetworkModel(bytes: bytes, name: shippedAtomsName, kind: .atoms)
    } catch { preconditionFailure("\(error)") }
  }()
}
