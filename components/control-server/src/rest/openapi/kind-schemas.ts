/** Component names of the document, from kinds and their routes: what a list holds is `Instance`, what one answers beyond that `InstanceDetail`. */
import { allKinds } from '@zhiyun/contracts';
import { type Route, routes, routesOfKind } from '@zhiyun/contracts/rest';
import { z } from 'zod';

export function kindSchemas(): Record<string, z.ZodType> {
  return Object.fromEntries(
    allKinds.flatMap((kind) => {
      const { list, get, typeName } = routesOfKind(kind);
      const item = itemOf(list && routes[list]);
      const one = get && (routes[get] as Route).answer;
      return [
        ...(item ? [[typeName, item] as const] : []),
        ...(one && one !== item ? [[item ? `${typeName}Detail` : typeName, one] as const] : []),
      ];
    }),
  );
}

function itemOf(route: Route | undefined): z.ZodType | undefined {
  if (!(route?.answer instanceof z.ZodObject)) return undefined;
  const { items } = route.answer.shape;
  return items instanceof z.ZodArray ? (items.element as z.ZodType) : undefined;
}
