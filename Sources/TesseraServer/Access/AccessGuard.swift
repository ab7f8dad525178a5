import Hummingbird
import Synchronization

/// Lets in who has the token, and no other site's page.
///
/// A page of another site that the user has open can send requests here too. It is told by its `Origin`; a name that its owner
/// suddenly lets point to this machine (DNS rebinding) is told by `Host`. What remains lacks the token, and the cookie, being
/// `SameSite=Strict`, does not come along.
struct AccessGuard<Context: RequestContext>: RouterMiddleware {
  let token: AccessToken
  let port: ListeningPort

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    guard let reason = objection(to: request) else {
      var response = try await next(request, context)
      response.headers[.contentSecurityPolicy] = Self.policy
      response.headers[.xContentTypeOptions] = "nosniff"
      response.headers[.crossOriginResourcePolicy] = "same-origin"
      response.headers[.init("Referrer-Policy")!] = "no-referrer"
      if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
      return response
    }
    throw HTTPError(.forbidden, message: reason)
  }

  /// Why a request is refused; nil where it is not.
  private func objection(to request: Request) -> String? {
    let hosts = port.hosts
    guard let host = request.head.authority?.lowercased(), hosts.contains(host) else {
      return "this server answers as \(hosts.joined(separator: ", ")) only"
    }
    if let origin = request.headers[.origin], !hosts.contains(where: { "http://\($0)" == origin.lowercased() }) {
      return "pages of another site may not ask this server"
    }
    let words = [request.uri.queryParameters["token"].map(String.init), request.cookies[cookieName]?.value]
    guard words.contains(where: { $0.map(token.isEqual) ?? false }) else {
      return "the token is missing or wrong; open the address that tessera gui printed"
    }
    return nil
  }

  /// Cookies know no ports: two servers on one machine need two names.
  private var cookieName: String { "tessera-\(port.number)" }

  /// What the first page leaves in the browser.
  var cookie: String { "\(cookieName)=\(token.text); Path=/; HttpOnly; SameSite=Strict" }

  /// Scripts, styles and data of this server alone, nothing inline, nothing of plug-ins, in no frame.
  static var policy: String {
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
      + "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
  }
}

/// The port on which the server listens, known once it does.
final class ListeningPort: Sendable {
  private let value = Mutex(0)
  var number: Int {
    get { value.withLock { $0 } }
    set { value.withLock { $0 = newValue } }
  }

  /// The names of this machine for itself, as a browser writes them.
  var hosts: [String] { ["127.0.0.1:\(number)", "localhost:\(number)", "[::1]:\(number)"] }
}
