using System.Buffers.Text;
using System.Text;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>The page_size and page_token of calls that list something.</summary>
internal static class Paging
{
    public const int MaxSize = 1000;

    /// <param name="all">In an order that holds from page to page.</param>
    /// <param name="name">What an item is called; two items never have the same name.</param>
    /// <param name="size">page_size of the request.</param>
    /// <param name="token">page_token of the request.</param>
    /// <returns>The page, and the token of the next one; empty after the last.</returns>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: the size is out of its range, or the item that the token names is gone.</exception>
    public static (IReadOnlyList<T> Items, string Next) Page<T>(IEnumerable<T> all, Func<T, string> name, uint size, string token)
    {
        var count = Size(size);
        var items = all.ToList();
        var begin = token.Length == 0 ? 0 : items.FindIndex(i => string.Equals(TokenOf(name(i)), token, StringComparison.Ordinal)) + 1;
        if (token.Length > 0 && begin == 0)
        {
            throw RpcErrors.Invalid("page_token", "page_token is of no page, or what it names is gone. Begin again without one.");
        }

        var page = items.GetRange(begin, Math.Min(count, items.Count - begin));
        return (page, begin + page.Count < items.Count ? TokenOf(name(page[^1])) : "");
    }

    /// <summary>Items of a page at most.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: the size is out of its range.</exception>
    public static int Size(uint asked) => asked switch
    {
        0 => MaxSize,
        <= MaxSize => (int)asked,
        _ => throw RpcErrors.Invalid("page_size", $"page_size is {asked}; it must be at most {MaxSize} (0: {MaxSize})."),
    };

    private static string TokenOf(string name) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(name));
}
