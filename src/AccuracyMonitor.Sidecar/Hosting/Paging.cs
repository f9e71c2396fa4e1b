using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>The page_size and page_token of calls that list something.</summary>
internal static class Paging
{
    public const int MaxSize = 1000;

    /// <summary>Of a list in the order of its names: goes on after the last name of the page before, whatever the list has become meanwhile.</summary>
    /// <param name="all">In ordinal order of the names.</param>
    /// <param name="name">What an item is called; two items never have the same name.</param>
    /// <param name="size">page_size of the request.</param>
    /// <param name="token">page_token of the request.</param>
    /// <returns>The page, and the token of the next one; empty after the last.</returns>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: the size is out of its range, or the token is none.</exception>
    public static (IReadOnlyList<T> Items, string Next) PageByName<T>(IEnumerable<T> all, Func<T, string> name, uint size, string token)
    {
        var after = NameOf(token);
        return Take([.. after.Length == 0 ? all : all.Where(i => string.CompareOrdinal(name(i), after) > 0)], 0, name, size);
    }

    /// <summary>Of a list in any order: goes on behind the item that the page before ended with.</summary>
    /// <param name="all">In an order that holds from page to page.</param>
    /// <param name="name">As for <see cref="PageByName"/>.</param>
    /// <param name="size">page_size of the request.</param>
    /// <param name="token">page_token of the request.</param>
    /// <returns>As <see cref="PageByName"/>.</returns>
    /// <exception cref="Grpc.Core.RpcException">As for <see cref="PageByName"/>, or the item that the token names is gone.</exception>
    public static (IReadOnlyList<T> Items, string Next) Page<T>(IEnumerable<T> all, Func<T, string> name, uint size, string token)
    {
        var items = all.ToList();
        var last = NameOf(token);
        var begin = last.Length == 0 ? 0 : items.FindIndex(i => string.Equals(name(i), last, StringComparison.Ordinal)) + 1;
        return last.Length > 0 && begin == 0
            ? throw RpcErrors.Invalid("page_token", "page_token names an item that is gone. Begin again without one.")
            : Take(items, begin, name, size);
    }

    /// <summary>Of a list of rows of the store, newest first: the number of the row that the page before ended with. Rows before it follow.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: the token is none.</exception>
    public static long Before(string token) => token.Length == 0
        ? long.MaxValue
        : long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var before)
            ? before
            : throw RpcErrors.Invalid("page_token", "page_token is not the next_page_token of an earlier page.");

    /// <summary>Items of a page at most.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: the size is out of its range.</exception>
    public static int Size(uint asked) => asked switch
    {
        0 => MaxSize,
        <= MaxSize => (int)asked,
        _ => throw RpcErrors.Invalid("page_size", $"page_size is {asked}; it must be at most {MaxSize} (0: {MaxSize})."),
    };

    private static (IReadOnlyList<T> Items, string Next) Take<T>(List<T> items, int begin, Func<T, string> name, uint size)
    {
        var page = items.GetRange(begin, Math.Min(Size(size), items.Count - begin));
        return (page, begin + page.Count < items.Count ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(name(page[^1]))) : "");
    }

    private static string NameOf(string token)
    {
        try
        {
            return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
        }
        catch (FormatException)
        {
            throw RpcErrors.Invalid("page_token", "page_token is none that a page ended with. Begin again without one.");
        }
    }
}
