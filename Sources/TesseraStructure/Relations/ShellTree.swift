import TesseraNumerics

/// What surrounds the sites of one class, shell by shell: a centre, what its first shell holds and how often, what the
/// second shell holds then, and so on. Source: M22, Fig. 3E (Fe, then 3 S, then a fence of W).
public struct ShellTree: Sendable, Codable, Equatable {
  /// A shell with given contents, around centres whose inner shells are those above it in the tree.
  public struct Node: Sendable, Codable, Equatable {
    /// Distance of the shell from the centre, in pixels; 0 for the centre itself.
    public var radius: Double
    /// Sites of the shell by class, classes rising.
    public var composition: [Hierarchy.Part]
    /// Number of centres with these contents.
    public var count: Int
    /// Contents of the next shell, by falling count.
    public var children: [Node]
    /// Centres whose next shell is too rare to be listed, is cut by the edge, or holds a site without class.
    public var others: Int
  }

  /// The class of the centre.
  public var label: Int
  /// The centre, which stands for all sites of the class; its children are the contents of the first shell.
  public var root: Node
}

/// How often each class occurs, classes rising.
func parts(_ labels: [Int]) -> [Hierarchy.Part] {
  var counts: [Int: Int] = [:]
  for label in labels { counts[label, default: 0] += 1 }
  return counts.sorted { $0.key < $1.key }.map { Hierarchy.Part(label: $0.key, count: $0.value) }
}
