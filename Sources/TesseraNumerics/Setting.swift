/// The name of a setting as messages quote it: “contrast threshold”, or “contrast = bright” with the value to give.
///
/// The library knows settings, not options: a program puts its own name for the setting in the place of the quotation,
/// as the command does ("--contrast-threshold", "--contrast bright").
package func setting(_ name: String, _ value: String? = nil) -> String {
  value.map { "“\(name) = \($0)”" } ?? "“\(name)”"
}
