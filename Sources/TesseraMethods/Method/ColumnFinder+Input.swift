import TesseraImaging
import TesseraStructure

extension ColumnFinder {
  /// The columns of an input: found in its image, or those that are known, fitted where they are.
  public func columns(of input: MethodInput, in prepared: Preparation.Prepared) throws -> Found {
    guard let known = input.columns else { return try found(in: prepared, name: input.micrograph.name) }
    return try fitted(at: known.sites.positions, in: prepared, name: input.micrograph.name)
  }
}
