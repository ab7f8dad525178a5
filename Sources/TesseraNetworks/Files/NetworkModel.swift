import TesseraNumerics

/// A trained network with all that is needed to use it and to judge it: what a model file holds.
public struct NetworkModel: Sendable, Equatable {
  /// What a network finds.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// A map of atom columns, 1 at their centres, and the mean distance of nearest neighbours [A23].
    case atoms
    /// A map of nanoparticles on their support [P21].
    case particles
  }

  public var kind: Kind
  public var network: UNet
  /// What is done to an image first.
  public var normalization = InputNormalization()
  /// How the weights came about.
  public var training: TrainingRecord
  /// Under which the weights may be used and passed on: the text, or its name and where it is found.
  public var licence: String

  public init(kind: Kind, network: UNet, training: TrainingRecord, licence: String) {
    (self.kind, self.network, self.training, self.licence) = (kind, network, training, licence)
  }

  /// The maps of an image as it was read: normalised, then passed through the network. See `UNet.maps(of:tileSide:)`.
  public func maps(of image: Raster<Float>, tileSide: Int? = nil) throws -> UNetMaps {
    try network.maps(of: normalization.normalized(image), tileSide: tileSide)
  }
}
