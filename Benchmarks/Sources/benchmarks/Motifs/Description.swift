import ArgumentParser
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// What describes a plain patch by a few numbers: fixed bases, and axes that are fitted to the patches at hand. Source: M22, Figs S6 and S8.
enum Description: String, CaseIterable, ExpressibleByArgument {
  /// The program's own Zernike moments.
  case zernike
  /// Zernike moments by the pseudo-inverse of the sampled basis: Fig. S10.
  case leastSquares
  case pseudoZernike, fourierBessel, principalComponents, kernelComponents
  /// The pixels as they are.
  case pixels

  /// One row a patch, at most `terms` numbers each.
  func features(of patches: Matrix<Float>, side: Int, terms: Int) throws -> Matrix<Float> {
    switch self {
    case .zernike: return try zernike(terms: terms).features(ofRows: patches, side: side)
    case .leastSquares: return try disc(.zernike, terms).features(ofRows: patches, side: side)
    case .pseudoZernike: return try disc(.pseudoZernike, terms).features(ofRows: patches, side: side)
    case .fourierBessel: return try disc(.fourierBessel, terms).features(ofRows: patches, side: side)
    case .principalComponents: return try principal(terms).features(ofRows: patches, side: side)
    case .kernelComponents: return try KernelComponents(count: terms).features(ofRows: patches)
    case .pixels: return patches
    }
  }

  /// The patches as these numbers describe them; nil where there is no way back.
  func reconstructions(of patches: Matrix<Float>, side: Int, terms: Int) throws -> Matrix<Float>? {
    switch self {
    case .zernike: return zernikeReconstructions(of: try features(of: patches, side: side, terms: terms), side: side)
    case .leastSquares: return try disc(.zernike, terms).reconstructions(ofRows: patches, side: side)
    case .pseudoZernike: return try disc(.pseudoZernike, terms).reconstructions(ofRows: patches, side: side)
    case .fourierBessel: return try disc(.fourierBessel, terms).reconstructions(ofRows: patches, side: side)
    case .principalComponents: return try principal(terms).reconstructions(ofRows: patches, side: side)
    case .kernelComponents: return nil
    case .pixels: return patches
    }
  }

  private func zernike(terms: Int) -> ZernikeDescriptor {
    var descriptor = ZernikeDescriptor()
    descriptor.maxOrder = 0
    while ZernikeTerm.count(order: descriptor.maxOrder + 1) <= terms { descriptor.maxOrder += 1 }
    return descriptor
  }

  private func disc(_ family: DiscFamily, _ terms: Int) -> DiscDescriptor {
    var descriptor = DiscDescriptor(family: family)
    descriptor.termCount = terms
    return descriptor
  }

  private func principal(_ terms: Int) -> PCADescriptor {
    var descriptor = PCADescriptor()
    descriptor.components = terms
    return descriptor
  }
}
