internal import Hummingbird

/// A file of the page, compiled into the executable so that it runs wherever it is moved.
struct DashboardFile: Sendable {
    /// Below the root; empty for the page itself.
    let path: String
    let contentType: String
    /// Changes when the contents change.
    let entityTag: String
    let contents: StaticString

    /// The file, or 304 for a reader who has it already.
    func response(to request: Request) -> Response {
        var headers: HTTPFields = [.eTag: entityTag, .cacheControl: "no-cache"]
        guard request.headers[.ifNoneMatch] != entityTag else {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = contentType
        return Response(
            status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(staticString: contents)))
    }
}

/// Every file of the page; the list is made from the folder `Dashboard` by `ops/scripts/generate-dashboard`.
enum DashboardFiles {}

/// Tells the browser to load nothing from elsewhere, to guess no types, and to show the page in no other page.
struct SecurityHeaders<Context: RequestContext>: RouterMiddleware {
    static var policy: String {
        """
        default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'none'
        """
    }

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.contentSecurityPolicy] = Self.policy
        response.headers[.xContentTypeOptions] = "nosniff"
        for (name, value) in [
            ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Resource-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
        ] {
            if let field = HTTPFields.Element.Name(name) { response.headers[field] = value }
        }
        return response
    }
}
