type ItemStream<Params, Item> = (params: Params, take: (item: Item) => void) => Promise<void>;

/** Everything that one call of a link's stream gives. */
export async function itemsOf<Params, Item>(stream: ItemStream<Params, Item>, params: Params): Promise<Item[]> {
  const items: Item[] = [];
  await stream(params, (item) => {
    items.push(item);
  });
  return items;
}
