/// What can be seen of a particle [P21]. The order is that of tables.
public enum ParticleClass: String, Sendable, Codable, CaseIterable {
  /// Columns of atoms, and a stacking fault or a twin seen edge-on.
  case fault
  /// Columns of atoms without a fault.
  case noFault = "no-fault"
  /// No columns: the particle is tilted, whether it has a fault or not.
  case misoriented
  /// Several particles over each other.
  case agglomeration
  /// No particle.
  case background
}
