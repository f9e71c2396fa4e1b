using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Hosting.Access;

public static class AccessServices
{
    /// <summary>Authentication by the section Access. The caller registers <see cref="EndpointRoles"/>, <see cref="AllowedHosts"/> and
    /// <see cref="IAccessMetrics"/>.</summary>
    public static void AddAccess(this IServiceCollection services)
    {
        services.TryAddSingleton<SourceHealth>();
        services.AddSingleton<Authenticator>();
        services.AddAuthentication().AddJwtBearer();
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>, JwtKeys>();
    }
}
