"""The Quick, Draw! category names, in the papers' class order: sorted case-insensitively, without file suffixes.

So "The Eiffel Tower" stands among the t's and "baseball" before "baseball bat". Data: Quick, Draw!, Google
Creative Lab, CC BY 4.0. A class list is named on a model card, and its position is the class index.
"""

from collections.abc import Sequence
from difflib import get_close_matches

from sketchlib.errors import InputError

__all__ = ["QUICKDRAW30", "QUICKDRAW345", "choose"]


def _names(text: str) -> tuple[str, ...]:
    return tuple(" ".join(name.split()) for name in text.split(","))


QUICKDRAW345 = _names("""
aircraft carrier, airplane, alarm clock, ambulance, angel, animal migration, ant, anvil, apple, arm, asparagus, axe,
backpack, banana, bandage, barn, baseball, baseball bat, basket, basketball, bat, bathtub, beach, bear, beard, bed,
bee, belt, bench, bicycle, binoculars, bird, birthday cake, blackberry, blueberry, book, boomerang, bottlecap,
bowtie, bracelet, brain, bread, bridge, broccoli, broom, bucket, bulldozer, bus, bush, butterfly, cactus, cake,
calculator, calendar, camel, camera, camouflage, campfire, candle, cannon, canoe, car, carrot, castle, cat, ceiling
fan, cell phone, cello, chair, chandelier, church, circle, clarinet, clock, cloud, coffee cup, compass, computer,
cookie, cooler, couch, cow, crab, crayon, crocodile, crown, cruise ship, cup, diamond, dishwasher, diving board,
dog, dolphin, donut, door, dragon, dresser, drill, drums, duck, dumbbell, ear, elbow, elephant, envelope, eraser,
eye, eyeglasses, face, fan, feather, fence, finger, fire hydrant, fireplace, firetruck, fish, flamingo, flashlight,
flip flops, floor lamp, flower, flying saucer, foot, fork, frog, frying pan, garden, garden hose, giraffe, goatee,
golf club, grapes, grass, guitar, hamburger, hammer, hand, harp, hat, headphones, hedgehog, helicopter, helmet,
hexagon, hockey puck, hockey stick, horse, hospital, hot air balloon, hot dog, hot tub, hourglass, house, house
plant, hurricane, ice cream, jacket, jail, kangaroo, key, keyboard, knee, knife, ladder, lantern, laptop, leaf, leg,
light bulb, lighter, lighthouse, lightning, line, lion, lipstick, lobster, lollipop, mailbox, map, marker, matches,
megaphone, mermaid, microphone, microwave, monkey, moon, mosquito, motorbike, mountain, mouse, moustache, mouth,
mug, mushroom, nail, necklace, nose, ocean, octagon, octopus, onion, oven, owl, paint can, paintbrush, palm tree,
panda, pants, paper clip, parachute, parrot, passport, peanut, pear, peas, pencil, penguin, piano, pickup truck,
picture frame, pig, pillow, pineapple, pizza, pliers, police car, pond, pool, popsicle, postcard, potato, power
outlet, purse, rabbit, raccoon, radio, rain, rainbow, rake, remote control, rhinoceros, rifle, river, roller
coaster, rollerskates, sailboat, sandwich, saw, saxophone, school bus, scissors, scorpion, screwdriver, sea turtle,
see saw, shark, sheep, shoe, shorts, shovel, sink, skateboard, skull, skyscraper, sleeping bag, smiley face, snail,
snake, snorkel, snowflake, snowman, soccer ball, sock, speedboat, spider, spoon, spreadsheet, square, squiggle,
squirrel, stairs, star, steak, stereo, stethoscope, stitches, stop sign, stove, strawberry, streetlight, string
bean, submarine, suitcase, sun, swan, sweater, swing set, sword, syringe, t-shirt, table, teapot, teddy-bear,
telephone, television, tennis racquet, tent, The Eiffel Tower, The Great Wall of China, The Mona Lisa, tiger,
toaster, toe, toilet, tooth, toothbrush, toothpaste, tornado, tractor, traffic light, train, tree, triangle,
trombone, truck, trumpet, umbrella, underwear, van, vase, violin, washing machine, watermelon, waterslide, whale,
wheel, windmill, wine bottle, wine glass, wristwatch, yoga, zebra, zigzag
""")
"""Every category."""

QUICKDRAW30 = _names("""
airplane, apple, baseball bat, bed, bicycle, book, bread, broom, camera, car, cell phone, chair, clock, cloud, eye,
eyeglasses, face, flower, headphones, hot dog, laptop, pants, shorts, smiley face, snake, spider, star, sun, table,
tree
""")
"""The thirty of the smaller published checkpoint."""

CLASS_LISTS = {"quickdraw345": QUICKDRAW345, "quickdraw30": QUICKDRAW30}


def choose(names: Sequence[str]) -> tuple[str, ...]:
    """The categories asked for, in class order: ["345"], ["30"], or category names.

    Raises InputError for no name at all or a name that is not a Quick, Draw! category.
    """
    if list(names) in (["345"], ["30"]):
        return CLASS_LISTS[f"quickdraw{names[0]}"]
    if not names:
        raise InputError("categories are 30, 345 or at least one category name, got none")
    for name in names:
        if name not in QUICKDRAW345:
            near = ", ".join(get_close_matches(name, QUICKDRAW345)) or "cat, bicycle, ..."
            raise InputError(f"a category is 30, 345 or one of the Quick, Draw! names ({near}), got {name!r}")
    return tuple(sorted(set(names), key=str.lower))
