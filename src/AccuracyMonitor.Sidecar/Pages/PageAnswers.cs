using System.Text.Json;

namespace AccuracyMonitor.Sidecar.Pages;

/// <summary>How the pages' calls answer.</summary>
internal static class PageAnswers
{
    public static Task JsonAsync(HttpContext http, string json)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return http.Response.WriteAsync(json, http.RequestAborted);
    }

    public static Task ErrorAsync(HttpContext http, int status, string message)
    {
        http.Response.StatusCode = status;
        return JsonAsync(http, Write(json => json.WriteString("error", message)));
    }

    /// <summary>An object with the fields that <paramref name="fields"/> writes.</summary>
    public static string Write(Action<Utf8JsonWriter> fields)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
