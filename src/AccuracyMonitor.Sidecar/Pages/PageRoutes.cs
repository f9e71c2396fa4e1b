using System.Text;

namespace AccuracyMonitor.Sidecar.Pages;

/// <summary>The pages of the HTTP port for people, and what these pages call.</summary>
internal static class PageRoutes
{
    private const string Text =
        "Accuracy Monitor sidecar\n\n/         accuracy of each model, in a browser\n/label    label predictions, in a browser\n/metrics  Prometheus metrics\n"
        + "/healthz  whether work gets done, and what is degraded\n/readyz   readiness\n/estimates  the latest estimates, as JSON\n";

    public static void AddPages(this IServiceCollection services)
    {
        services.AddSingleton<Labelling.LabelGrpcService>();
        services.AddSingleton<Estimation.EstimateGrpcService>();
        services.AddSingleton<Hosting.ErrorInterceptor>();
        services.AddSingleton<Hosting.ModelAccessInterceptor>();
        services.AddSingleton<PageCalls>();
        services.AddSingleton<LabelPage>();
        services.AddSingleton<ModelPage>();
    }

    public static void MapPages(this WebApplication app)
    {
        // Delegates without parameters to bind: see EstimatesPage.
        app.MapGet("/", StartAsync);
        app.MapGet("/label", static context => PageAssets.SendAsync(context, "label.html"));
        app.MapGet("/models", static context => PageAssets.SendAsync(context, "model.html"));
        app.MapGet("/assets/{name}", static context => PageAssets.SendAsync(context, context.GetRouteValue("name") as string ?? ""));

        app.MapGet("/label/api/session", Of<LabelPage>(static (page, http) => page.SessionAsync(http)));
        app.MapPost("/label/api/sign-in", SignIn.EnterAsync);
        app.MapPost("/label/api/sign-out", SignIn.LeaveAsync);
        app.MapPost("/label/api/lease", Of<LabelPage>(static (page, http) => page.LeaseAsync(http)));
        app.MapPost("/label/api/extend", Of<LabelPage>(static (page, http) => page.ExtendAsync(http)));
        app.MapPost("/label/api/release", Of<LabelPage>(static (page, http) => page.ReleaseAsync(http)));
        app.MapPost("/label/api/complete", Of<LabelPage>(static (page, http) => page.CompleteAsync(http)));
        app.MapPost("/label/api/skip", Of<LabelPage>(static (page, http) => page.SkipAsync(http)));
        app.MapPost("/label/api/retract", Of<LabelPage>(static (page, http) => page.RetractAsync(http)));
        app.MapGet("/label/api/classes", Of<LabelPage>(static (page, http) => page.ClassesAsync(http)));
        app.MapGet("/label/api/guidelines", Of<LabelPage>(static (page, http) => page.GuidelinesAsync(http)));
        app.MapGet("/label/api/progress", Of<LabelPage>(static (page, http) => page.ProgressAsync(http)));
        app.MapGet("/label/api/requests", Of<ModelPage>(static (page, http) => page.RequestsAsync(http)));
        app.MapGet("/label/api/quality", Of<ModelPage>(static (page, http) => page.QualityAsync(http)));
        app.MapGet("/label/api/models", Of<ModelPage>(static (page, http) => page.ModelsAsync(http)));
    }

    // Found at the call: the store behind a page is opened after the routes are mapped.
    private static RequestDelegate Of<TPage>(Func<TPage, HttpContext, Task> call)
        where TPage : notnull => http => call(http.RequestServices.GetRequiredService<TPage>(), http);

    /// <summary>A browser gets the page, and whoever does not ask for HTML a text.</summary>
    private static Task StartAsync(HttpContext context)
    {
        if (context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            return PageAssets.SendAsync(context, "start.html");
        }

        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.Vary = "Accept";
        return context.Response.WriteAsync(Text, Encoding.UTF8, context.RequestAborted);
    }
}
