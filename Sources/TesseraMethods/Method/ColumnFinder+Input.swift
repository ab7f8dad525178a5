import TesseraImaging
import TesseraStructure

extension ColumnFinder {
  /// The columns of an input: found in its image, or those that are known, fitted where they are.
  ///
  /// - Parameter network: how a network finds them, for the route `network`; nil: with the network of the program.
  public func columns(
    of input: MethodInput, in prepared: Preparation.Prepared, network: NetworkFinder? = nil
  ) throws -> Found {
    let name = input.micrograph.name
    if let known = input.columns { return try fitted(at: known.sites.positions, in: prepared, name: name) }
    guard route == .network else { return try found(in: prepared, name: name) }
    return try (network ?? NetworkFinder()).found(by: self, in: prepared, name: name)
  }
}
