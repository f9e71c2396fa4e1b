using Markdig;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace AccuracyMonitor.Sidecar.Pages;

/// <summary>Guidelines as HTML. Whoever writes the file does not get a script into the page: HTML is text, and links lead to web addresses alone.</summary>
internal static class Guidelines
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().DisableHtml().UsePipeTables().Build();

    public static string ToHtml(string markdown)
    {
        var document = Markdown.Parse(markdown, Pipeline);
        foreach (var link in document.Descendants<LinkInline>().ToArray())
        {
            if (link.IsImage || !IsWeb(link.Url))
            {
                // The page loads nothing from elsewhere; of an image its description is shown.
                var text = string.Concat(link.Descendants<LiteralInline>().Select(static t => t.Content.ToString()));
                link.ReplaceBy(new LiteralInline(text), copyChildren: false);
            }
            else
            {
                link.GetAttributes().AddPropertyIfNotExist("rel", "noreferrer noopener");
                link.GetAttributes().AddPropertyIfNotExist("target", "_blank");
            }
        }

        foreach (var link in document.Descendants<AutolinkInline>().Where(static l => !IsWeb(l.Url)).ToArray())
        {
            link.ReplaceBy(new LiteralInline(link.Url));
        }

        return document.ToHtml(Pipeline);
    }

    private static bool IsWeb(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps);
}
