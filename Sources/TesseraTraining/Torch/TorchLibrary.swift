import CTorchAPI
import Foundation
import TesseraNumerics

/// libtorch, opened when it is first needed.
///
/// It stays out of the program itself: linked, it would cost each command .4 s of start-up, and an installation of its own.
enum TorchLibrary {
  /// The shim's file, beside the program or where the system looks for libraries.
  static let fileName = "libTesseraTorch.so"

  /// The functions of the shim.
  static func functions() throws(DataError) -> tessera_torch_api { try opened.get() }

  private static let opened: Result<tessera_torch_api, DataError> = {
    var reason = ""
    for path in [besideProgram, fileName] {
      guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
        reason = dlerror().map { String(cString: $0) } ?? ""
        continue
      }
      guard let symbol = dlsym(library, TESSERA_TORCH_SYMBOL) else {
        return .failure(
          DataError("\(path) has no function \(TESSERA_TORCH_SYMBOL); make it anew with: make train-dependencies"))
      }
      typealias Function = @convention(c) () -> UnsafePointer<tessera_torch_api>
      let functions = unsafeBitCast(symbol, to: Function.self)().pointee
      guard functions.version == TESSERA_TORCH_VERSION else {
        return .failure(
          DataError("\(path) belongs to another version of the program; make it anew with: make train-dependencies"))
      }
      return .success(functions)
    }
    return .failure(
      DataError("training needs libtorch, which is not here (\(reason)); install it with: make train-dependencies"))
  }()

  private static var besideProgram: String {
    let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return ((program as NSString).deletingLastPathComponent as NSString).appendingPathComponent(fileName)
  }
}
